#!/usr/bin/env bash
# What a server adds to the model for one client that waits for each answer: the median latency of a
# dense model over one connection, beside what a run takes in a process, and whether batching, which
# has nothing to do here, costs anything; and what a server takes that answers a fixed text without
# reading (FixedAnswer.java): two threads that wake each other. Everything in turn in one run.
#
#   examples/benchmarks/one-connection.sh
#
# ROUNDS (7) rounds of SECONDS_EACH (4) seconds. Needs wrk (Debian: wrk).
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${ROUNDS:-7} seconds=${SECONDS_EACH:-4}
command -v wrk >/dev/null || {
  echo 'one-connection.sh: no wrk (Debian: apt-get install wrk)' >&2
  exit 2
}
work=$(mktemp -d)
on='' off='' fixed=''
trap 'kill $on $off $fixed 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
. examples/benchmarks/common.sh

generate mlp "$work/dense/1/model.onnx"
head='{"inputs":[{"name":"x","shape":[1,784],"datatype":"FP32","parameters":{"binary_data_size":3136}}],"parameters":{"binary_data_output":true}}'
{ printf %s "$head"; head -c 3136 /dev/zero; } >"$work/body"
cat >"$work/post.lua" <<LUA
wrk.method = "POST"
wrk.headers["Inference-Header-Content-Length"] = "${#head}"
local file = io.open("$work/body", "rb")
wrk.body = file:read("*a")
file:close()
LUA

serve() { # NAME OPTION...
  local name=$1
  shift
  "$mlserve" serve --host 127.0.0.1 --port 0 --grpc-port off --admin-port off \
    --port-file "$work/$name" --model dense="$work/dense" "$@" 2>"$work/$name.log" &
}
serve on
on=$!
serve off --batch-max-size 1
off=$!
java -XX:+UseSerialGC -cp 'cli/target/dist/lib/*' examples/benchmarks/FixedAnswer.java "$(nproc)" \
  "$work/fixed" 2>"$work/fixed.log" &
fixed=$!
on_url=$(await_ready "$work/on") off_url=$(await_ready "$work/off")
fixed_url=$(await_ready "$work/fixed") # it says yes to everything

p50() { # NAME TIME: microseconds
  local url=${1}_url
  wrk -t1 -c1 -d"$2s" --latency -s "$work/post.lua" "${!url}/v2/models/dense/infer" >"$work/wrk"
  if grep -q 'Non-2xx\|Socket errors' "$work/wrk"; then
    cat "$work/wrk" >&2
    exit 1
  fi
  awk '$1 == "50%" { print /us$/ ? $2 + 0 : $2 * 1000 }' "$work/wrk"
}
raw() { # microseconds a run, on one thread
  java -XX:+UseSerialGC -cp 'cli/target/dist/lib/*' examples/benchmarks/RawRuns.java \
    "$work/dense/1/model.onnx" 1 "$1" | awk '{ print 1e6 / $1 }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for name in on off fixed; do p50 "$name" 12 >/dev/null; done # the compiler needs a while
for ((round = 1; round <= rounds; round++)); do
  raw "$seconds" >>"$work/raw.us"
  if ((round % 2)); then order='on off fixed'; else order='fixed off on'; fi
  for name in $order; do p50 "$name" "$seconds" >>"$work/$name.us"; done
  echo "round $round of $rounds: $(tail -qn 1 "$work"/{raw,on,off,fixed}.us | tr '\n' ' ')" >&2
done
awk -v raw="$(median <"$work/raw.us")" -v on="$(median <"$work/on.us")" \
  -v off="$(median <"$work/off.us")" -v fixed="$(median <"$work/fixed.us")" 'BEGIN {
    printf "run in a process      %6.1f us\n", raw
    printf "p50, batching         %6.1f us, %.1f over a run\n", on, on - raw
    printf "p50, no batching      %6.1f us, %.1f over a run\n", off, off - raw
    printf "p50, fixed answer     %6.1f us\n", fixed
    printf "rate with batching    %6.2f of that without\n", off / on
  }'
