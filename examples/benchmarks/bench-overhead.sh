#!/usr/bin/env bash
# What "mlserve bench" costs: p50 at one connection and the highest rate against one and the same
# "mlserve serve", beside wrk (HTTP) and h2load (gRPC), one after the other in one run.
#
#   examples/benchmarks/bench-overhead.sh             SECONDS_EACH=5 CONNECTIONS=16
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in wrk h2load; do
  if ! command -v "$tool" >/dev/null; then
    echo "bench-overhead.sh: $tool is missing (expected: apt-get install wrk nghttp2-client)" >&2
    exit 1
  fi
done

seconds=${SECONDS_EACH:-5}
connections=${CONNECTIONS:-16}
work=$(mktemp -d)
serve=''
cleanup() {
  if [ -n "$serve" ]; then
    kill "$serve" 2>/dev/null || :
    wait "$serve" 2>/dev/null || :
  fi
  rm -rf "$work"
}
trap cleanup EXIT

./mlserve --version >/dev/null # builds if needed
mlserve=cli/target/dist/bin/mlserve

mkdir -p "$work/model/1"
cp test-fixtures/models/half_plus_two/model.onnx "$work/model/1/"
"$mlserve" serve --model "m=$work/model" --host 127.0.0.1 --port 0 --port-file "$work/http" \
  --grpc-port 0 --grpc-port-file "$work/grpc" >"$work/serve.log" 2>&1 &
serve=$!
for _ in {1..300}; do
  [ -s "$work/http" ] && [ -s "$work/grpc" ] && break
  sleep 0.1
done
http=http://127.0.0.1:$(cat "$work/http")
grpc=127.0.0.1:$(cat "$work/grpc")
for _ in {1..300}; do
  "$mlserve" bench "$http" -m m -n 1 --warmup 0 >"$work/first" 2>&1 && break
  sleep 0.1
done

# The same bytes for all. HTTP: a row of JSON. gRPC: ModelInfer of x, FP32 [1], 1.0, behind the five
# bytes that say: not compressed, 23 long.
printf '{"instances": [1.0]}' >"$work/row.json"
printf '{"inputs": [{"name": "x", "datatype": "FP32", "shape": [1], "data": [1.0]}]}' >"$work/v2.json"
printf '\000\000\000\000\027\012\001m\052\014\012\001x\022\004FP32\032\001\001:\004\000\000\200?' \
  >"$work/infer.bin"
cat >"$work/post.lua" <<'END'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"instances": [1.0]}'
done = function(summary, latency)
  io.write(string.format("P50_MS %.3f\n", latency:percentile(50) / 1000))
  local bad = summary.errors
  io.write(string.format("FAILED %d\n", bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
END

# Each prints: p50 in ms, requests a second, failed requests.
with_bench() { # URL API INPUT CONNECTIONS
  "$mlserve" bench "$1" -m m --api "$2" --input "$3" -c "$4" -d "${seconds}s" --warmup 3s -q \
    >"$work/out" 2>&1 || :
  sed -n 's/^RESULT .*rate=\([^ ]*\) .*errors=\([^ ]*\) .*p50_ms=\([^ ]*\) .*/\3 \1 \2/p' "$work/out"
}

with_wrk() { # CONNECTIONS
  local threads=2
  [ "$1" -ge 2 ] || threads=1
  wrk -t "$threads" -c "$1" -d "${seconds}s" -s "$work/post.lua" "$http/v1/models/m:predict" >"$work/out"
  awk '/^P50_MS/ { p50 = $2 } /^Requests\/sec/ { rate = $2 } /^FAILED/ { failed = $2 }
    END { print p50, rate, failed }' "$work/out"
}

# h2load itself says only the mean; its log has every request, in microseconds.
with_h2load() { # CONNECTIONS
  rm -f "$work/log"
  h2load -t 1 -c "$1" -m 1 -D "$seconds" --warm-up-time=1 --log-file="$work/log" -d "$work/infer.bin" \
    -H 'content-type: application/grpc' -H 'te: trailers' \
    "http://$grpc/inference.GRPCInferenceService/ModelInfer" >"$work/out"
  local p50 rate failed
  p50=$(cut -f 3 "$work/log" | sort -n | awk '{ v[NR] = $1 } END { printf "%.3f", v[int((NR + 1) / 2)] / 1000 }')
  rate=$(sed -n 's/^finished in .*, \([0-9.]*\) req\/s.*/\1/p' "$work/out")
  failed=$(sed -n 's/^requests: .* \([0-9]*\) failed.*/\1/p' "$work/out")
  echo "$p50 $rate $failed"
}

row() { # LABEL FIGURES-AT-ONE FIGURES-AT-MANY
  # shellcheck disable=SC2086 # three words each
  printf '%-24s %10s %12s %12s %8s\n' "$1" $(awk '{ print $1, $2 }' <<<"$2") \
    $(awk '{ print $2 }' <<<"$3") "$(awk -v a="$2" '{ split(a, one); print one[3] + $3 }' <<<"$3")"
}

# once for the compiler of the server
with_wrk "$connections" >/dev/null
with_h2load "$connections" >/dev/null

echo "load before: $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) cores, $seconds s each"
printf '%-24s %10s %12s %12s %8s\n' '' 'p50 ms, 1' 'rate/s, 1' "rate/s, $connections" failed
row 'wrk, tfs-rest' "$(with_wrk 1)" "$(with_wrk "$connections")"
row 'mlserve bench, tfs-rest' "$(with_bench "$http" tfs-rest "$work/row.json" 1)" \
  "$(with_bench "$http" tfs-rest "$work/row.json" "$connections")"
row 'h2load, v2-grpc' "$(with_h2load 1)" "$(with_h2load "$connections")"
row 'mlserve bench, v2-grpc' "$(with_bench "grpc://$grpc" v2-grpc "$work/v2.json" 1)" \
  "$(with_bench "grpc://$grpc" v2-grpc "$work/v2.json" "$connections")"
echo "load after: $(cut -d ' ' -f 1-3 /proc/loadavg)"
