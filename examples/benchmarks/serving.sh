#!/usr/bin/env bash
# What a server costs beside the model: requests a second through a socket, as a ratio to the model
# alone in a process (one row a run, on as many threads as there are cores), all in turn in one run.
#
#   examples/benchmarks/serving.sh [MODEL...]     default: tiny dense conv
#
# For tiny models the kernel is most of the cost: "fixed" is a server of the same library that reads
# no body, runs no model and answers all with one text (FixedAnswer.java).
#
# Needs wrk and h2load (Debian: wrk, nghttp2-client) and python3 for the bodies of requests.
# ROUNDS (5) rounds of SECONDS (4) each; CONNECTIONS (32); WARMUP (8) seconds for each combination.
# The clients share the machine with the server. Prints medians, the spread of the ratio over the
# rounds, and the server's own CPU time for a request.
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-4} connections=${CONNECTIONS:-32} warmup=${WARMUP:-8}
for tool in wrk h2load python3; do
  command -v "$tool" >/dev/null || {
    echo "serving.sh: no $tool (Debian: apt-get install wrk nghttp2-client python3)" >&2
    exit 2
  }
done
[ $# -gt 0 ] || set -- tiny dense conv
work=$(mktemp -d)
server='' fixed=''
trap 'kill $server $fixed 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
. examples/benchmarks/common.sh

generate housing 1 "$work/tiny/1/model.onnx"
generate mlp "$work/dense/1/model.onnx"
generate convolution "$work/conv/1/model.onnx"

# Bodies: TensorFlow Serving's JSON, the binary tensors of the Open Inference Protocol over REST, and
# a framed ModelInfer message over gRPC; and what wrk sends.
python3 - "$work" <<'PYTHON'
import json, random, struct, sys
work = sys.argv[1]
random.seed(1)
def nest(values, shape):
    if len(shape) == 1:
        return values
    size = len(values) // shape[0]
    return [nest(values[i * size:(i + 1) * size], shape[1:]) for i in range(shape[0])]
def varint(n):
    out = b''
    while n > 127:
        out += bytes([n & 127 | 128]); n >>= 7
    return out + bytes([n])
def field(number, data):
    return bytes([number << 3 | 2]) + varint(len(data)) + data
for name, shape in (('tiny', [1, 13]), ('dense', [1, 784]), ('conv', [1, 3, 64, 64])):
    count = 1
    for dim in shape:
        count *= dim
    values = [round(random.uniform(-1, 1), 6) for _ in range(count)]
    raw = struct.pack('<%df' % count, *values)
    open(f'{work}/{name}.json', 'w').write('{"instances": ' + json.dumps(nest(values, shape)) + '}')
    head = json.dumps({'inputs': [{'name': 'x', 'shape': shape, 'datatype': 'FP32',
        'parameters': {'binary_data_size': len(raw)}}], 'parameters': {'binary_data_output': True}})
    open(f'{work}/{name}.bin', 'wb').write(head.encode() + raw)
    open(f'{work}/{name}.len', 'w').write(str(len(head)))
    tensor = field(1, b'x') + field(2, b'FP32') + field(3, b''.join(varint(d) for d in shape))
    message = field(1, name.encode()) + field(5, tensor) + field(7, raw)
    open(f'{work}/{name}.grpc', 'wb').write(b'\0' + struct.pack('>I', len(message)) + message)
open(f'{work}/post.lua', 'w').write('''
wrk.method = "POST"
local file = io.open(os.getenv("BODY"), "rb")
wrk.body = file:read("*a")
file:close()
if os.getenv("HEAD") then wrk.headers["Inference-Header-Content-Length"] = os.getenv("HEAD") end
''')
PYTHON

"$mlserve" serve --host 127.0.0.1 --port 0 --grpc-port 0 --admin-port off \
  --port-file "$work/port" --grpc-port-file "$work/grpc-port" --max-inflight 4096 \
  --model tiny="$work/tiny" --model dense="$work/dense" --model conv="$work/conv" \
  2>"$work/serve.log" &
server=$!
await_ready "$work/port" >/dev/null
port=$(<"$work/port") grpc=$(<"$work/grpc-port")

java -XX:+UseSerialGC -cp 'cli/target/dist/lib/*' examples/benchmarks/FixedAnswer.java "$(nproc)" \
  "$work/fixed-port" 2>"$work/fixed.log" &
fixed=$!
for _ in {1..300}; do
  [ -s "$work/fixed-port" ] && break
  sleep 0.1
done

cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) * 1000 / hz }' "/proc/$1/stat"; }

# Prints requests a second and the server's CPU microseconds for each.
http_rate() { # MODEL json|binary|fixed TIME
  local path=v1/models/$1:predict body=$work/$1.json head='' before out count
  local pid=$server at=$port
  case $2 in
    binary) path=v2/models/$1/infer body=$work/$1.bin head=$(<"$work/$1.len") ;;
    fixed) pid=$fixed at=$(<"$work/fixed-port") ;;
  esac
  before=$(cpu_ms "$pid")
  out=$(env BODY="$body" ${head:+HEAD=$head} wrk -t1 -c"$connections" -d"$3s" \
    -s "$work/post.lua" "http://127.0.0.1:$at/$path")
  if grep -q 'Non-2xx\|Socket errors' <<<"$out"; then
    echo "serving.sh: $1 $2: $(grep 'Non-2xx\|Socket errors' <<<"$out")" >&2
    exit 1
  fi
  count=$(awk '/requests in/ { print $1 }' <<<"$out")
  awk -v rate="$(awk '/Requests\/sec/ { print $2 }' <<<"$out")" -v n="$count" \
    -v ms="$(cpu_ms "$pid")" -v b="$before" 'BEGIN { print rate, (ms - b) * 1000 / n }'
}

grpc_rate() { # MODEL TIME
  local before out
  before=$(cpu_ms "$server")
  out=$(h2load -t1 -c4 -m$((connections / 4)) -D"$2" -d "$work/$1.grpc" \
    -H 'content-type: application/grpc' -H 'te: trailers' \
    "http://127.0.0.1:$grpc/inference.GRPCInferenceService/ModelInfer")
  awk -v ms="$(cpu_ms "$server")" -v b="$before" '
    /finished in/ { rate = $4 + 0 }
    / succeeded/ { n = $8 + 0; bad = $10 + $12 }
    END { if (bad > 0 || n == 0) exit 1; print rate, (ms - b) * 1000 / n }' <<<"$out"
}

raw_rate() { # MODEL TIME
  java -XX:+UseSerialGC -cp 'cli/target/dist/lib/*' examples/benchmarks/RawRuns.java \
    "$work/$1/1/model.onnx" "$(nproc)" "$2"
}

for model; do # the compiler needs a while
  http_rate "$model" json "$warmup" >/dev/null
  http_rate "$model" binary "$warmup" >/dev/null
  grpc_rate "$model" "$warmup" >/dev/null
done
http_rate "$1" fixed "$warmup" >/dev/null
for ((round = 1; round <= rounds; round++)); do
  for model; do
    raw=$(raw_rate "$model" "$seconds")
    echo "$model raw $raw 0 1" >>"$work/results"
    kinds='json binary grpc'
    [ "$model" != tiny ] || kinds="fixed $kinds"
    for kind in $kinds; do
      if [ "$kind" = grpc ]; then
        read -r rate micros < <(grpc_rate "$model" "$seconds")
      else
        read -r rate micros < <(http_rate "$model" "$kind" "$seconds")
      fi
      echo "$model $kind $rate $micros $(awk -v a="$rate" -v b="$raw" 'BEGIN { print a / b }')" \
        >>"$work/results"
    done
  done
  echo "round $round of $rounds" >&2
done

python3 - "$work/results" <<'PYTHON'
import collections, statistics, sys
rows = collections.OrderedDict()
for line in open(sys.argv[1]):
    model, kind, rate, micros, ratio = line.split()
    rows.setdefault((model, kind), []).append((float(rate), float(micros), float(ratio)))
print(f"{'model':8}{'protocol':10}{'requests/s':>12}{'CPU us':>9}{'of raw':>9}   lowest to highest")
for (model, kind), values in rows.items():
    rate, micros, ratio = (statistics.median(v[i] for v in values) for i in range(3))
    ratios = [v[2] for v in values]
    spread = '' if kind == 'raw' else f'{min(ratios):.2f} to {max(ratios):.2f}'
    cost = '' if kind == 'raw' else f'{micros:.1f}'
    print(f'{model:8}{kind:10}{rate:12,.0f}{cost:>9}{ratio:9.2f}   {spread}')
PYTHON
