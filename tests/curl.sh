#!/usr/bin/env bash
# A dossier's life with curl alone: received, supplemented, advanced, resolved, returned, and
# read back by its code.
#
#   bash tests/curl.sh --demo              starts a demo of its own, and stops it at the end
#   bash tests/curl.sh http://HOST:PORT    against a running server, with the tokens of a
#                                          receptionist, an officer and a leader of one ward
#                                          in RECEPTIONIST, OFFICER and LEADER, and the ward
#                                          in UNIT
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = "--demo" ]; then
    out=$(mktemp)
    server=""
    # Also runs if the build fails, before there is a server.
    end() {
        if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; fi
        rm -f "$out"
    }
    trap end EXIT
    cargo build --quiet -p motcua
    "${CARGO_TARGET_DIR:-target}"/debug/motcua serve --demo --listen 127.0.0.1:0 >"$out" 2>/dev/null &
    server=$!
    # The demo prints its addresses last, when it is ready.
    for _ in $(seq 600); do
        grep -q '^json ' "$out" && break
        kill -0 "$server" 2>/dev/null || { echo "the demo did not start"; exit 1; }
        sleep 0.2
    done
    ADDRESS=$(sed -n 's/^grpc //p' "$out")
    RECEPTIONIST=$(sed -n 's/^token receptionist [^ ]* //p' "$out")
    OFFICER=$(sed -n 's/^token officer [^ ]* //p' "$out")
    LEADER=$(sed -n 's/^token leader [^ ]* //p' "$out")
    UNIT=$(sed -n 's/^token receptionist \([^ ]*\) .*/\1/p' "$out")
else
    ADDRESS=${1:?give --demo, or the address of a server}
fi

# call METHOD BODY: makes one call with TOKEN and prints the answer. A refusal ends the script.
call() {
    curl -sS --fail-with-body -X POST "$ADDRESS/motcua.v1.DossierService/$1" \
        -H 'content-type: application/json' -H "authorization: Bearer $TOKEN" -d "$2" || {
        echo " <- $1 was refused" >&2
        exit 1
    }
}
# field NAME: the first text of that name in the answer on standard input.
field() { grep -oE "\"$1\": ?\"[^\"]*\"" | head -1 | sed -E 's/^[^:]*: ?"(.*)"$/\1/'; }
# The caller makes a request id before the first try, and keeps it for retries.
id() { cat /proc/sys/kernel/random/uuid; }

TOKEN=$RECEPTIONIST
dossier=$(call ReceiveDossier '{"request_id": "'"$(id)"'", "receiving_unit": "'"$UNIT"'",
  "procedure": "1.004873", "applicant": {"name": "Nguyễn Thị Mẫu", "phone": "0900000001"},
  "components": ["to-khai"]}')
code=$(field code <<<"$dossier")
echo "received  $code, due $(field effective_due_time <<<"$dossier"), PIN $(field pin <<<"$dossier")"

dossier=$(call RequestSupplement '{"request_id": "'"$(id)"'", "name": "'"$code"'",
  "etag": "'"$(field etag <<<"$dossier")"'", "reason": "Bản chụp mờ",
  "items": [{"component": "to-khai", "note": "đề nghị nộp lại"}]}')
echo "waiting   $(field state_name <<<"$dossier")"
dossier=$(call RecordSupplement '{"request_id": "'"$(id)"'", "name": "'"$code"'",
  "etag": "'"$(field etag <<<"$dossier")"'", "components": ["to-khai"]}')
dossier=$(call AdvanceDossier '{"request_id": "'"$(id)"'", "name": "'"$code"'",
  "etag": "'"$(field etag <<<"$dossier")"'", "step": "appraise"}')
echo "advanced  $(field step_name <<<"$dossier")"

TOKEN=$OFFICER
dossier=$(call AdvanceDossier '{"request_id": "'"$(id)"'", "name": "'"$code"'",
  "etag": "'"$(field etag <<<"$dossier")"'", "step": "sign"}')
echo "advanced  $(field step_name <<<"$dossier")"

TOKEN=$LEADER
dossier=$(call ResolveDossier '{"request_id": "'"$(id)"'", "name": "'"$code"'",
  "etag": "'"$(field etag <<<"$dossier")"'"}')
echo "resolved  $(field state_name <<<"$dossier")"

TOKEN=$RECEPTIONIST
dossier=$(call ReturnResult '{"request_id": "'"$(id)"'", "name": "'"$code"'",
  "etag": "'"$(field etag <<<"$dossier")"'", "channel": "CHANNEL_DESK"}')
dossier=$(call GetDossier '{"name": "dossiers/'"$code"'"}')
state=$(field state <<<"$dossier")
echo "read back $code: $state, $(field state_name <<<"$dossier")"
[ "$state" = "STATE_RETURNED" ]
