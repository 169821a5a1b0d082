#!/usr/bin/env bash
# Prints the Python that has tests/python/requirements.txt, and makes it first where it is not there.
set -eu
cd "$(dirname "$0")/.."
home=${CARGO_TARGET_DIR:-target}/python
wanted=$(cksum < tests/python/requirements.txt)
if [ "$(cat "$home/made" 2>/dev/null)" != "$wanted" ]; then
    # One at a time; whoever waited finds it made.
    mkdir -p "$home"
    exec 9>"$home/lock"
    flock 9
    if [ "$(cat "$home/made" 2>/dev/null)" != "$wanted" ]; then
        python3 -m venv "$home" >&2
        "$home/bin/pip" install --quiet --disable-pip-version-check -r tests/python/requirements.txt >&2
        echo "$wanted" > "$home/made"
    fi
fi
cd "$home/bin" && echo "$PWD/python"
