#!/usr/bin/env bash
# What "mlserve bench" costs, beside wrk (HTTP) and h2load (gRPC), one after the other in one run: p50
# at one connection to one and the same "mlserve serve", and the highest rate that each drives against
# a server that does nothing but answer (LoadSink.java).
#
#   examples/benchmarks/bench-overhead.sh             SECONDS_EACH=5 CONNECTIONS=16 ROUNDS=3
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
rounds=${ROUNDS:-3}
work=$(mktemp -d)
serve=''
sink=''
cleanup() {
  for process in $serve $sink; do
    kill "$process" 2>/dev/null || :
    wait "$process" 2>/dev/null || :
  done
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
java -XX:+UseSerialGC -cp 'cli/target/dist/lib/*' examples/benchmarks/LoadSink.java "$work/sink" \
  >"$work/sink.log" 2>&1 &
sink=$!

port() { # FILE
  for _ in {1..300}; do
    [ -s "$1" ] && break
    sleep 0.1
  done
  cat "$1"
}
http=127.0.0.1:$(port "$work/http")
grpc=127.0.0.1:$(port "$work/grpc")
stub=127.0.0.1:$(port "$work/sink")
for _ in {1..300}; do
  "$mlserve" bench "http://$http" -m m -n 1 --warmup 0 >"$work/first" 2>&1 && break
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
  io.write(string.format("P50_US %d\n", latency:percentile(50)))
  local bad = summary.errors
  io.write(string.format("FAILED %d\n", bad.connect + bad.read + bad.write + bad.status + bad.timeout))
end
END

# Each prints: p50 in us, requests a second, failed requests.
with_bench() { # URL API INPUT CONNECTIONS
  "$mlserve" bench "$1" -m m --api "$2" --input "$3" -c "$4" --connections "$4" -d "${seconds}s" \
    --warmup 6s -q >"$work/out" 2>&1 || :
  sed -n 's/^RESULT .*rate=\([^ ]*\) .*errors=\([^ ]*\) .*p50_ms=\([^ ]*\) .*/\3 \1 \2/p' "$work/out" |
    awk '{ printf "%.0f %.0f %d\n", $1 * 1000, $2, $3 }'
}

with_wrk() { # ADDRESS CONNECTIONS
  local threads=2
  [ "$2" -ge 2 ] || threads=1
  wrk -t "$threads" -c "$2" -d "${seconds}s" -s "$work/post.lua" "http://$1/v1/models/m:predict" \
    >"$work/out"
  awk '/^P50_US/ { p50 = $2 } /^Requests\/sec/ { rate = $2 } /^FAILED/ { failed = $2 }
    END { printf "%d %.0f %d\n", p50, rate, failed }' "$work/out"
}

# h2load itself says only the mean; its log has every request, in microseconds.
with_h2load() { # ADDRESS CONNECTIONS LOG?
  rm -f "$work/log"
  local p50=0 log=()
  [ -z "${3:-}" ] || log=(--log-file="$work/log")
  h2load -t "$(($2 < 2 ? 1 : 2))" -c "$2" -m 1 -D "$seconds" --warm-up-time=1 "${log[@]}" -d "$work/infer.bin" \
    -H 'content-type: application/grpc' -H 'te: trailers' \
    "http://$1/inference.GRPCInferenceService/ModelInfer" >"$work/out"
  [ ! -s "$work/log" ] || p50=$(cut -f 3 "$work/log" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
  awk -v p50="$p50" '/^finished in/ { rate = $4 } /^requests:/ { failed = $10 }
    END { printf "%d %.0f %d\n", p50, rate, failed }' "$work/out"
}

one() { # LABEL P50 RATE FAILED
  printf '%-34s %8s %10s %8s\n' "$@"
}

# once for the compiler of the servers
with_wrk "$http" "$connections" >/dev/null
with_h2load "$grpc" "$connections" >/dev/null
with_wrk "$stub" "$connections" >/dev/null
with_h2load "$stub" "$connections" >/dev/null

echo "load before: $(cut -d ' ' -f 1-3 /proc/loadavg), $(nproc) cores, $seconds s each"
# shellcheck disable=SC2046 # three words each
for round in $(seq "$rounds"); do
  one "round $round" 'p50 us' 'rate/s' failed
  one 'serve, 1 connection: wrk' $(with_wrk "$http" 1)
  one '  bench tfs-rest' $(with_bench "http://$http" tfs-rest "$work/row.json" 1)
  one '  h2load' $(with_h2load "$grpc" 1 log)
  one '  bench v2-grpc' $(with_bench "grpc://$grpc" v2-grpc "$work/v2.json" 1)
  one "stub, $connections connections: wrk" $(with_wrk "$stub" "$connections")
  one '  bench tfs-rest' $(with_bench "http://$stub" tfs-rest "$work/row.json" "$connections")
  one '  bench v2' $(with_bench "http://$stub" v2 "$work/v2.json" "$connections")
  one '  bench v2-binary' $(with_bench "http://$stub" v2-binary "$work/v2.json" "$connections")
  one '  h2load' $(with_h2load "$stub" "$connections")
  one '  bench v2-grpc' $(with_bench "grpc://$stub" v2-grpc "$work/v2.json" "$connections")
done
echo "load after: $(cut -d ' ' -f 1-3 /proc/loadavg)"
