# Every program that a test calls, with the Debian package that has it: the one list of them.
# tests/run installs what is missing.
#
#   program    package     who calls it
TOOLS="
cc           gcc           the linker of every crate, and SQLite
curl         curl          tests/curl.sh, and the commands of README.md
go           golang-go     tests/it/examples.rs
haproxy      haproxy       rolling restarts: tests/it/rolling.rs
javac        default-jdk-headless tests/it/examples.rs
mcs          mono-mcs    tests/it/examples.rs
jq           jq            the commands of docs/portal.md
kill         procps        benchmarks and servers that are told to stop
openssl      openssl       the commands of docs/portal.md
prlimit      util-linux    full disks: tests/it/faults
node         nodejs        tests/it/examples.rs
tsc          node-typescript tests/it/examples.rs
python3      python3       processes that are stopped half-way: tests/it/faults; examples
sh           dash          servers of tests
openssl      openssl       certificates: tests/it/tls.rs
promtool     prometheus    alert rules: tests/it/metrics.rs
strace       strace        cuts of power: tests/it/faults
chromium     chromium      forms and pages: tests/it/pages
pdfinfo      poppler-utils forms on paper
zbarimg      zbar-tools    codes on paper
"

# Headers, start-up objects and libraries, which have no program of their own.
LIBRARIES="
/usr/include/stdio.h  libc6-dev
/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf  fonts-liberation
/usr/share/java/gson.jar  libgoogle-gson-java
/usr/lib/chromium/locales/vi.pak  chromium-l10n
/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll  libnewtonsoft-json5.0-cil
/usr/lib/mono/gac/System.Net.Http  libmono-system-net-http4.0-cil
"
