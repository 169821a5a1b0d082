# Runs a program until standard input ends, which it does however this one's starter ended.
# Prints `pid N` before the program's own output, which ends when the program does.
# $1... is the program with its arguments.
sh -c 'echo "pid $$"; exec "$@"' sh "$@" </dev/null &
program=$!
exec >&-
while read -r _; do :; done
kill "$program" 2>/dev/null
wait "$program"
