#!/usr/bin/env bash
# What loading one model does to the requests for another: a large model is published again and again,
# while a dense one answers RATE requests a second. Rounds with loads and rounds without, in turn, in
# one run. Then goes on with the loads alone, to show whether the memory of old versions comes back.
#
#   examples/benchmarks/loading.sh
#
# MEGABYTES (200) of the large model, ROUNDS (5) of SECONDS_EACH (6) seconds with and without, RATE
# (200) requests a second, LOADS (100) in all. Needs python3.
set -euo pipefail
cd "$(dirname "$0")/../.."

megabytes=${MEGABYTES:-200} rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-6} rate=${RATE:-200}
loads=${LOADS:-100}
work=$(mktemp -d)
server='' publisher=''
trap 'kill $publisher $server 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
. examples/benchmarks/common.sh

generate mlp "$work/dense/1/model.onnx"
generate big "$megabytes" "$work/model.onnx"
mkdir -p "$work/large/1"
ln "$work/model.onnx" "$work/large/1/model.onnx"

"$mlserve" serve --host 127.0.0.1 --port 0 --admin-port off --port-file "$work/port" \
  --reload-interval 100ms --model dense="$work/dense" --model large="$work/large" \
  2>"$work/serve.log" &
server=$!
url=$(await_ready "$work/port")

resident() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$server/status"; }

# Publishes the next version as monitor would, and waits until it is served and the last one is gone.
echo 1 >"$work/version"
publish() {
  local version=$(($(<"$work/version") + 1))
  mkdir "$work/large/$version.tmp"
  ln "$work/model.onnx" "$work/large/$version.tmp/model.onnx"
  mv "$work/large/$version.tmp" "$work/large/$version"
  until curl -sf "$url/v1/models/large/versions/$version" | grep -q AVAILABLE; do sleep 0.2; done
  rm -rf "$work/large/$((version - 1))"
  echo "$version" >"$work/version"
}

measure() { # NAME TIME
  "$mlserve" bench "$url" --api v2-binary -m dense -r "$rate" --arrival constant -d "$2s" \
    --warmup 1s --json "$work/$1.json" >"$work/$1.txt" 2>&1 ||
    [ $? -eq 12 ] || { cat "$work/$1.txt" >&2; exit 1; }
}

measure warm-up 8
publish
echo "resident after 2 loads: $(resident) MB"
for ((round = 1; round <= rounds; round++)); do
  measure "quiet-$round" "$seconds"
  ( # whoever publishes is elsewhere, and must not be what slows requests down here
    renice -n 19 "$BASHPID" >/dev/null
    while :; do publish; done
  ) &
  publisher=$!
  before=$(<"$work/version")
  measure "loading-$round" "$seconds"
  kill "$publisher" && wait "$publisher" 2>/dev/null || true
  publisher=
  echo "round $round of $rounds: $(($(<"$work/version") - before)) loads" >&2
  rm -rf "$work"/large/*.tmp
  find "$work/large" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | tail -n 1 >"$work/version"
done

python3 - "$work" "$rounds" <<'PYTHON'
import json, statistics, sys
work, rounds = sys.argv[1], int(sys.argv[2])
p99 = {}
print(f"{'':10}{'p50 ms':>9}{'p99 ms':>9}{'p99.9 ms':>10}   p99 lowest to highest")
for kind in ('quiet', 'loading'):
    runs = [json.load(open(f'{work}/{kind}-{n}.json'))['points'][0]['latency_ms']
            for n in range(1, rounds + 1)]
    p50, p99[kind], p999 = (statistics.median(run[p] for run in runs) for p in ('p50', 'p99', 'p99.9'))
    every = [run['p99'] for run in runs]
    print(f'{kind:10}{p50:9.3f}{p99[kind]:9.3f}{p999:10.3f}   {min(every):.3f} to {max(every):.3f}')
print(f"p99 while loading: {p99['loading'] / p99['quiet']:.2f} times that of quiet")
PYTHON

while [ "$(<"$work/version")" -lt "$loads" ]; do
  publish
  case $(<"$work/version") in *0) echo "resident after $(<"$work/version") loads: $(resident) MB" ;; esac
done
