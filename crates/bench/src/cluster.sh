# Runs a PostgreSQL server of its own in folder $2 until standard input ends, which it does
# however this one's starter ended. Prints `ready URL`, or `failed` and why. $1 is where
# PostgreSQL's programs are, $3 a free port, $4 by how many microseconds each flush is slowed.
set -u
PATH="$1:$PATH"
dir=$2
port=$3
delay=$4

# PostgreSQL refuses to run as root; its package has made a user for it.
if [ "$(id -u)" -eq 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    mkdir -p "$dir" && chown "$user" "$dir" || exit 1
    exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups \
        sh -c "$0" "$0" "$1" "$2" "$3" "$4"
fi

mkdir -p "$dir" && cd "$dir" && umask 077
say_why() {
    echo "failed: $1"
    tail -n 20 "$dir/log" 2>/dev/null
    exit 1
}

initdb -D "$dir/data" -U motcua -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 ||
    say_why initdb
# Nothing else differs from what the package sets: above all it flushes every commit.
cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 300
CONF
# Whoever flushes waits that long first, whoever else is at work; those who came meanwhile are
# flushed with it, as on a disk that is that slow.
[ "$delay" -eq 0 ] || cat >>"$dir/data/postgresql.conf" <<CONF
commit_delay = $delay
commit_siblings = 0
CONF
pg_ctl -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null 2>&1 || say_why start
echo "ready postgres://motcua@127.0.0.1:$port/postgres"
while read -r _; do :; done
pg_ctl -D "$dir/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$dir"
