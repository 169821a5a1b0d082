# Runs a separate PostgreSQL server until standard input ends, which happens however the tests
# end. Prints `ready URL`, or the failure. $1 is the folder of PostgreSQL's programs, $2 a free
# port.
set -u
PATH="$1:$PATH"
port=$2

# PostgreSQL refuses to run as root, so use the user that its package has made.
if [ "$(id -u)" -eq 0 ] && [ -z "${MOTCUA_DROPPED:-}" ]; then
    export MOTCUA_DROPPED=1
    exec setpriv --reuid=postgres --regid=postgres --init-groups sh -c "$0" "$0" "$1" "$2"
fi

cd / && umask 077
dir=$(mktemp -d "${TMPDIR:-/tmp}/motcua-postgres-XXXXXX") || exit 1
# Each run has its own directory and port, so the remains of a killed run do no harm.
trap 'rm -rf "$dir"' EXIT
say_why() {
    echo "failed $1"
    tail -n 20 "$dir/log" 2>/dev/null
    exit 1
}

# Vietnamese sort order, to prove that no statement depends on the order of the C locale.
initdb -D "$dir/data" -U motcua -A trust -E UTF8 --locale=C.UTF-8 \
    --locale-provider=icu --icu-locale=vi-VN --no-sync >"$dir/log" 2>&1 || say_why initdb
cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$dir'
max_connections = 200
autovacuum = off
# Each test has a database of its own, and a checkpoint would flush the files of all.
checkpoint_timeout = 1d
max_wal_size = 2GB
CONF
pg_ctl -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null 2>&1 || say_why start
echo "ready postgres://motcua@127.0.0.1:$port"
# Sends a signal to all processes of the server; to the first one first, so that no new ones start.
signal() {
    read -r first <"$dir/data/postmaster.pid"
    kill -s "$1" "$first" || return 1
    for process in $(cat "/proc/$first/task/$first/children"); do
        # The process may have ended by itself.
        kill -s "$1" "$process" || continue
    done
}
# Reads commands until the tests close the input. Most tests send none. A test that wants an outage
# sends `stop MODE` and `start`, `freeze` and `thaw`, or `limit BYTES` for the files of all processes.
while read -r what mode; do
    case $what in
    stop) pg_ctl -D "$dir/data" -m "$mode" -w stop >/dev/null 2>&1 && echo stopped ;;
    limit)
        read -r first <"$dir/data/postmaster.pid"
        for process in $first $(cat "/proc/$first/task/$first/children"); do
            prlimit --pid "$process" --fsize="$mode:unlimited" || say_why limit
        done
        echo limited
        ;;
    freeze) signal STOP && echo frozen ;;
    thaw) signal CONT && echo thawed ;;
    start) pg_ctl -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null 2>&1 && echo started ;;
    esac
done
signal CONT 2>/dev/null
pg_ctl -D "$dir/data" -m immediate -w stop >/dev/null 2>&1
