#!/bin/sh
# A model is replaced while it is being asked: version 1, then 2, then a broken 3, then 4.
#
# A producer publishes uci_housing.tar.gz and, after it, a donefile. "mlserve monitor" sees the
# donefile change, fetches and checks the model, and installs it. "mlserve serve" swaps it in while
# "mlserve bench" asks for predictions and compares every answer with those of versions 1, 2 and 4.
set -eu

usage() {
  cat <<'END'
Usage: examples/hot-reload.sh [--source file|http|ftp|hdfs]

Shows a model being replaced under load. Builds mlserve if needed, then takes
about half a minute.

  --source file   the producer publishes to a local folder (default)
  --source http   ... to a web server, which this script starts
  --source ftp    ... to an FTP server, which this script starts
  --source hdfs   ... to an HDFS, which this script starts

Exit status: 0 if no request failed, no answer was wrong, version 4 is served
and version 3 never was; 1 if not; 2 for wrong usage.
END
}

source='file'
while [ $# -gt 0 ]; do
  case $1 in
    --source)
      [ $# -gt 1 ] || { usage >&2; exit 2; }
      source=$2
      shift
      ;;
    --source=*) source=${1#*=} ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift
done
case $source in
  file | http | ftp | hdfs) ;;
  *)
    echo "hot-reload.sh: --source '$source' (expected: file, http, ftp or hdfs)" >&2
    exit 2
    ;;
esac

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P)
models=$root/test-fixtures/models/uci_housing
answers=$root/examples/uci_housing

# ---- Small things

work=''
pids='' # of all that was started, oldest first

cleanup() {
  trap '' INT TERM HUP # once is enough
  exec 3>&-
  for pid in $pids; do
    stop "$pid"
  done
  [ -z "$work" ] || rm -rf "$work"
}

# Asks process $1 to end, and makes it after 10 s.
stop() {
  kill "$1" 2>/dev/null || return 0
  tries=0
  while kill -0 "$1" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
      kill -9 "$1" 2>/dev/null || :
      break
    fi
    sleep 0.1
  done
  wait "$1" 2>/dev/null || :
}

trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Seconds since 1970, with a fraction where date knows it.
now() {
  time=$(date +%s.%N)
  case $time in
    *[!0-9.]*) date +%s ;;
    *) echo "$time" ;;
  esac
}

say() {
  now | awk -v start="$start" -v text="$1" '{ printf "%5.1f s  %s\n", $1 - start, text }'
}

# Shows a command before it runs, one option a line.
show() {
  printf '\n  $ mlserve'
  for word; do
    case $word in
      -*) printf ' \\\n      %s' "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n\n'
}

fail() {
  say "$1" >&2
  for log in monitor.log serve.log bench.err server.err; do
    if [ -s "$log" ]; then
      echo "--- the end of $log" >&2
      tail -n 15 "$log" >&2
    fi
  done
  echo FAILED >&2
  exit 1
}

# wait_until WHAT SECONDS COMMAND...: until the command succeeds; all processes must live meanwhile.
wait_until() {
  what=$1
  tries=$(($2 * 10))
  shift 2
  until "$@"; do
    for pid in $pids; do
      kill -0 "$pid" 2>/dev/null || fail "a process ended while waiting for: $what"
    done
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "waited too long for: $what"
    sleep 0.1
  done
}

# ---- The producer

# A web, FTP or HDFS server of the test fixtures. Lines to file descriptor 3 are its commands; it
# ends with this script.
start_server() {
  if ! [ -f "$root/test-fixtures/target/servers.classpath" ]; then
    (cd "$root" && ./mvnw -q -B -pl test-fixtures process-classes) >&2
  fi
  home=${MLSERVE_JAVA_HOME:-${JAVA_HOME:-}}
  mkfifo server.in
  "${home:+$home/bin/}java" -Xmx400m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-Djava.io.tmpdir=$work" \
    -cp "$root/test-fixtures/target/classes:$(cat "$root/test-fixtures/target/servers.classpath")" \
    "io.mlserve.fixtures.$1" source <server.in >server.out 2>server.err &
  pids="$pids $!"
  exec 3>server.in
  wait_until 'the server of the source' 60 grep -q '^ready' server.out
  read -r _ host rest <server.out
}

# Puts file $1 into the source under the name $2; it appears there all at once.
put() {
  if [ "$source" = hdfs ]; then
    before=$(wc -l <server.out)
    echo "put /models/$2 $work/$1" >&3
    wait_until "HDFS to store $2" 20 hdfs_answered "$before"
    tail -n 1 server.out | grep -q '^ok' || fail "HDFS: $(tail -n 1 server.out)"
  else
    cp "$1" "source/.$2.part"
    mv "source/.$2.part" "source/$2"
  fi
}

hdfs_answered() {
  [ "$(wc -l <server.out)" -gt "$1" ]
}

# publish N: the archive of version N, then the donefile that says it is complete.
publish() {
  mkdir -p pack/uci_housing_model
  if [ "$1" = 3 ]; then # an archive of version 4 whose second half never arrived
    cp "$models/4/model.onnx" pack/uci_housing_model/model.onnx
    (cd pack && tar -cf - uci_housing_model | gzip -c) >whole.tar.gz
    head -c "$(($(wc -c <whole.tar.gz) / 2))" whole.tar.gz >uci_housing.tar.gz
  else
    cp "$models/$1/model.onnx" pack/uci_housing_model/model.onnx
    (cd pack && tar -cf - uci_housing_model | gzip -c) >uci_housing.tar.gz
  fi
  put uci_housing.tar.gz uci_housing.tar.gz
  echo "version $1" >donefile
  put donefile donefile
  now >"published.$1"
}

# ---- The main job

"$root/mlserve" --version >/dev/null # builds if needed

work=$(mktemp -d "${TMPDIR:-/tmp}/mlserve.XXXXXX")
cd "$work"
mkdir source
start=$(now)
echo "A model is replaced under load. Source: $source"
echo

case $source in
  file) set -- --type=general "--general_host=file://$work/source" --remote_path=/ ;;
  http)
    start_server net.HttpServerMain
    set -- --type=general "--general_host=$host" --remote_path=/
    ;;
  ftp)
    start_server net.FtpServerMain
    user=${rest#*user=}
    echo "${rest#*password=}" >password
    set -- --type=ftp --ftp_host=127.0.0.1 "--ftp_port=${host##*:}" \
      "--ftp_username=${user%% *}" --ftp-password-file=password --remote_path=/
    ;;
  hdfs)
    start_server hdfs.HdfsServer
    set -- --type=hdfs "--fs_name=$host" --remote_path=/models
    ;;
esac
set -- monitor "$@" --remote_model_name=uci_housing.tar.gz --remote_donefile_name=donefile \
  --local_path=. --local_model_name=uci_housing_model --local_timestamp_file=fluid_time_file \
  --local_tmp_path=_tmp --unpacked_filename=uci_housing_model --interval=500ms

publish 1
say 'version 1 is published'
show "$@"
"$root/mlserve" "$@" >monitor.out 2>monitor.log 3>&- &
pids="$pids $!"
wait_until 'monitor to install version 1' 20 test -e uci_housing_model/fluid_time_file
say 'version 1 is installed'

set -- serve --model uci_housing=uci_housing_model --host 127.0.0.1 --port 0 --port-file port \
  --reload-interval 200ms
show "$@"
"$root/mlserve" "$@" >serve.out 2>serve.log 3>&- &
serve=$!
pids="$pids $serve"
wait_until 'serve to listen' 20 test -s port
url=http://127.0.0.1:$(cat port)
say "version 1 is served at $url"

set -- bench "$url" -m uci_housing -c 4 -d 1m --input requests.ndjson \
  --expect-one-of v1.ndjson v2.ndjson v4.ndjson --json
cp "$answers"/*.ndjson .
show "$@"
"$root/mlserve" "$@" >bench.json 2>bench.err 3>&- &
bench=$!
pids="$pids $bench"

answers_match() {
  grep -qs "match v$1.ndjson" bench.err
}

refused() {
  grep -qs 'update\.failed' monitor.log
}

wait_until 'the first answer' 20 answers_match 1
say 'version 1 answers; 4 clients ask without a pause'
sleep 2
publish 2
say 'version 2 is published'
wait_until 'version 2 to answer' 15 answers_match 2
say 'version 2 answers'
sleep 2
publish 3
say 'version 3 is published, its archive cut in half'
wait_until 'monitor to refuse version 3' 15 refused
why=$(sed -n 's/.*update\.failed .*uci_housing\.tar\.gz: \(.*\) (failure 1 .*/\1/p' monitor.log)
say "version 3 is refused${why:+: $why}"
sleep 2
say 'version 2 still answers'
publish 4
say 'version 4 is published'
wait_until 'version 4 to answer' 15 answers_match 4
say 'version 4 answers'

sleep 2

bench_status=0
kill "$bench" # it ends with its report
wait "$bench" || bench_status=$?
serve_status=0
kill "$serve"
wait "$serve" || serve_status=$?
say 'the load has ended, serve was told to stop'

# ---- The summary

[ -s bench.json ] || fail "bench said nothing (exit status $bench_status)"

# total KEY: the sum over warm-up and measurement.
total() {
  awk -v key="\"$1\"" '$1 == key { sum += $3 } END { print sum + 0 }' bench.json
}

# first KEY: its first value, without quotes and comma.
first() {
  awk -v key="\"$1\"" '$1 == key { gsub(/[",]/, "", $3); print $3; exit }' bench.json
}

# latency N: seconds from the publishing of version N's donefile to its first answer.
latency() {
  awk -v file="\"v$1.ndjson\"," -v published="$(cat "published.$1")" '
    $1 == "\"file\"" { mine = ($3 == file) }
    mine && $1 == "\"first_answer_at\"" {
      gsub(/.*T|Z.*/, "", $3)
      split($3, clock, ":")
      seconds = clock[1] * 3600 + clock[2] * 60 + clock[3] - published % 86400
      printf "%.2f s", seconds < 0 ? seconds + 86400 : seconds
      exit
    }' bench.json
}

seen=$(sed -n 's/.*match v\([0-9]*\)\.ndjson.*/\1/p' bench.err | tr '\n' ' ')
seen=${seen% }
failed=$(total failed)
wrong=$(total wrong)
ms() {
  first "$1" | awk '{ printf "%.1f ms", $1 }'
}

printf '\n'
printf '%-16s%s\n' \
  requests "$(total sent)" \
  failures "$failed" \
  'wrong answers' "$wrong" \
  'versions seen' "$seen" \
  'swap latency' "$(latency 2) (version 2), $(latency 4) (version 4)" \
  'answer time' "p50 $(ms p50), p99 $(ms p99)"

[ "$failed" = 0 ] || fail "$failed requests failed, $wrong of them with a wrong answer"
[ "$seen" = '1 2 4' ] || fail "versions '$seen' were seen (expected: 1 2 4)"
[ "$bench_status" = 143 ] || fail "bench ended with status $bench_status (expected: 143, stopped)"
[ "$serve_status" = 0 ] || fail "serve ended with status $serve_status"
echo PASSED
