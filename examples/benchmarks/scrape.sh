#!/usr/bin/env bash
# What a scrape of a server with very many versions takes, and what it does to the requests: the
# median of the scrapes, and the p99 of requests with and without scraping, in turn in one run.
#
#   examples/benchmarks/scrape.sh          VERSIONS=1000 RATE=1000 ROUNDS=5 SECONDS_EACH=12 INTERVAL=5
#
# Needs curl and python3. RATE requests a second come whether answers do or not; every INTERVAL seconds all metrics are fetched, as Prometheus does (every 15 s by
# its own default). Client, scraper and server share the machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

versions=${VERSIONS:-1000} rate=${RATE:-1000} rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-12}
interval=${INTERVAL:-5}
for tool in curl python3; do
  command -v "$tool" >/dev/null || {
    echo "scrape.sh: no $tool" >&2
    exit 2
  }
done
work=$(mktemp -d)
serve='' scraper=''
cleanup() {
  for pid in $scraper $serve; do
    kill "$pid" 2>/dev/null || :
    wait "$pid" 2>/dev/null || :
  done
  rm -rf "$work"
}
trap cleanup EXIT

./mlserve --version >/dev/null # builds if needed
mlserve=cli/target/dist/bin/mlserve

for ((version = 1; version <= versions; version++)); do
  mkdir -p "$work/models/$version"
  cp test-fixtures/models/half_plus_two/model.onnx "$work/models/$version/"
done
printf 'models:\n  - name: m\n    path: %s\n    versions: all\n' "$work/models" >"$work/models.yaml"
"$mlserve" serve --config "$work/models.yaml" --host 127.0.0.1 --port 0 --port-file "$work/port" \
  --admin-port 0 --admin-port-file "$work/admin" --grpc-port off >"$work/serve.log" 2>&1 &
serve=$!
loaded() {
  curl -s "http://127.0.0.1:$(cat "$work/port")/metrics" | grep -c '^mlserve_model_loaded{.* 1.0$' || :
}
for _ in {1..1200}; do
  [ -s "$work/port" ] && [ -s "$work/admin" ] && [ "$(loaded)" -eq "$versions" ] && break
  sleep 0.1
done
[ "$(loaded)" -eq "$versions" ] || {
  echo "scrape.sh: not all of $versions versions are served" >&2
  tail -3 "$work/serve.log" >&2
  exit 1
}
url=http://127.0.0.1:$(cat "$work/port")
admin=http://127.0.0.1:$(cat "$work/admin")

# scrape TO: its seconds go there
scrape() {
  curl -s -o /dev/null -w '%{time_total} %{size_download}\n' "$admin/metrics" >>"$1"
}

load() { # NAME SECONDS
  "$mlserve" bench "$url" -m m -r "$rate" -d "$2s" --no-tui -q --json "$work/$1.json" >"$work/$1.log" 2>&1 ||
    [ $? -eq 12 ] || { # 12: the client was late, as it is where it has no core of its own
      echo "scrape.sh: the load failed:" >&2
      cat "$work/$1.log" >&2
      exit 1
    }
}

load warmup 15
for _ in {1..30}; do scrape "$work/warmup"; done
for ((round = 1; round <= rounds; round++)); do
  load "without-$round" "$seconds"
  (
    while :; do
      scrape "$work/scrapes"
      sleep "$interval"
    done
  ) &
  scraper=$!
  load "with-$round" "$seconds"
  kill "$scraper"
  wait "$scraper" 2>/dev/null || :
  scraper=''
done
uptime

python3 - "$work" "$rounds" "$versions" "$rate" "$interval" <<'PYTHON'
import json, statistics, sys
work, rounds, versions, rate, interval = sys.argv[1], *map(float, sys.argv[2:])
scrapes = [line.split() for line in open(f'{work}/scrapes')]
times = sorted(float(seconds) * 1000 for seconds, size in scrapes)
size = float(scrapes[-1][1]) / 1e6
print(f'scrape of {versions:.0f} versions ({size:.1f} MB) while {rate:.0f} requests/s are served: '
      f'median {statistics.median(times):.1f} ms of {len(times)}, '
      f'{times[0]:.1f} to {times[-1]:.1f} ms')
for kind, words in (('without', 'no scrapes'), ('with', f'a scrape every {interval:g} s')):
    points = [json.load(open(f'{work}/{kind}-{n}.json'))['points'][0] for n in range(1, int(rounds) + 1)]
    asked = sum(point['sent'] for point in points)
    values = {p: [point['latency_ms'][p] for point in points] for p in ('p50', 'p99')}
    print(f'  {words:22}' + '   '.join(
        f'{p} {statistics.median(v):.2f} ms ({min(v):.2f} to {max(v):.2f})' for p, v in values.items())
        + f'   of {asked} requests in {rounds:.0f} runs')
PYTHON
