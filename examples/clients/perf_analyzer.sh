#!/bin/sh
# Short runs of perf_analyzer, $1, against $HTTP and $GRPC, each host:port. A run is good if it ends
# with status 0 and a throughput.
set -u
failed=0

# measures NAME ARGUMENTS...
measures() {
  name=$1
  shift
  said=$(timeout 60 "$perf_analyzer" --measurement-mode count_windows \
    --measurement-request-count 100 --max-trials 4 --stability-percentage 999 "$@" 2>&1)
  status=$?
  rate=$(printf '%s\n' "$said" | sed -n 's/^ *Throughput: \(.*\)$/\1/p' | tail -n 1)
  if [ "$status" = 0 ] && [ -n "$rate" ]; then
    echo "ok   $name: $rate"
  else
    echo "FAIL $name: status $status: $(printf '%s' "$said" | tail -n 3 | tr '\n' ' ')"
    failed=1
  fi
}

perf_analyzer=$1
http() { measures "$@" -i http -u "$HTTP"; }
grpc() { measures "$@" -i grpc -u "$GRPC"; }

http 'triton, http' -m uci_housing --shape x:1,13
http 'triton, http, JSON both ways' -m uci_housing --shape x:1,13 \
  --input-tensor-format json --output-tensor-format json
http 'triton, http, a version, 4 at once' -m uci_housing -x 2 --shape x:8,13 --concurrency-range 4
http 'triton, http, asynchronous' -m half_plus_two --shape x:4 --async --concurrency-range 4
grpc 'triton, grpc' -m uci_housing --shape x:1,13
grpc 'triton, grpc, asynchronous' -m half_plus_two --shape x:4 --async --concurrency-range 4
grpc 'triton, grpc, streaming' -m half_plus_two --shape x:4 --streaming --concurrency-range 4
grpc 'triton, grpc, compressed' -m half_plus_two --shape x:100 --grpc-compression-algorithm gzip
grpc 'tfserving' --service-kind tfserving -m uci_housing -b 4 --shape x:13
grpc 'tfserving, a version' --service-kind tfserving -m uci_housing -x 2 -b 4 --shape x:13

exit "$failed"
