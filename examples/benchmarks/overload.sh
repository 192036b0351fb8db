#!/usr/bin/env bash
# What is left of a server when it is asked for more than it can do: answers in time, and how long the
# accepted ones take, at 1, 2, 5 and 20 times its own capacity, which is measured first and last.
#
#   examples/benchmarks/overload.sh
#
# The server has the first core to itself and the load generator the second, so that what is measured
# is the server: else a generator that sends thousands of requests takes the cores that are to answer.
# A model of about 4 ms a run, --slo 50ms. ROUNDS (5), SECONDS_EACH (4). Needs taskset and python3.
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-4}
work=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
. examples/benchmarks/common.sh

generate big 64 "$work/model/1/model.onnx"
taskset -c 0 "$mlserve" serve --host 127.0.0.1 --port 0 --grpc-port off --admin-port off \
  --port-file "$work/port" --slo 50ms --batch-max-size 1 --model heavy="$work/model" \
  2>"$work/serve.log" &
server=$!
url=$(await_ready "$work/port")

bench() { # NAME OPTION...
  local name=$1 status=0
  shift
  taskset -c 1 "$mlserve" bench "$url" --api v2-binary -m heavy -d "${seconds}s" --warmup 2s \
    --json "$work/$name.json" "$@" >"$work/$name.txt" 2>&1 || status=$?
  case $status in # refusals are what is looked for
    0 | 1 | 10 | 12) ;;
    *)
      cat "$work/$name.txt" >&2
      exit 1
      ;;
  esac
}

field() { python3 -c 'import json, sys
point = json.load(open(sys.argv[1]))["points"][0]
print(point[sys.argv[2]])' "$work/$1.json" "$2"; }

bench warm-up -c 8
for ((round = 1; round <= rounds; round++)); do
  bench "capacity-$round" -c 4
  capacity=$(field "capacity-$round" rate_per_s)
  for times in 1 2 5 20; do
    rate=$(awk -v c="$capacity" -v t="$times" 'BEGIN { printf "%.0f", c * t }')
    bench "$times-$round" -r "$rate" --max-outstanding 4096 --raw "$work/$times-$round.raw"
  done
  echo "round $round of $rounds: capacity $capacity/s" >&2
done

python3 - "$work" "$rounds" <<'PYTHON'
import json, statistics, sys
work, rounds = sys.argv[1], int(sys.argv[2])
def point(name):
    return json.load(open(f'{work}/{name}.json'))['points'][0]
def good(p):
    return p['ok'] / p['elapsed_s']
def p99(name): # of what was answered: a refusal is quick
    requests = map(json.loads, open(f'{work}/{name}.raw'))
    took = sorted(r['latency_ms'] for r in requests if r['outcome'] == 'ok' and not r['warm_up'])
    return took[int(0.99 * len(took))] if took else float('nan')
capacity = [good(point(f'capacity-{n}')) for n in range(1, rounds + 1)]
print(f"{'load':10}{'good/s':>9}{'of capacity':>13}{'p99 ms':>9}   of capacity, lowest to highest")
print(f"{'closed':10}{statistics.median(capacity):9.0f}{1:13.2f}")
for times in (1, 2, 5, 20):
    points = [point(f'{times}-{n}') for n in range(1, rounds + 1)]
    ratios = [good(p) / c for p, c in zip(points, capacity)]
    slow = statistics.median(p99(f'{times}-{n}') for n in range(1, rounds + 1))
    late = sum(not p['generator']['kept_up'] for p in points)
    note = f'   generator late in {late} of {rounds}' if late else ''
    print(f"{str(times) + 'x':10}{statistics.median(map(good, points)):9.0f}"
          f'{statistics.median(ratios):13.2f}{slow:9.1f}   {min(ratios):.2f} to {max(ratios):.2f}{note}')
PYTHON
