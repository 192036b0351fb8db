# shellcheck shell=bash
# What the benchmarks share; sourced by them at the root of the source tree.

./mlserve --version >/dev/null # builds the distribution if it is not there
mlserve=cli/target/dist/bin/mlserve

# Writes a model, see GenerateModels.java: generate KIND [NUMBER] FILE
generate() {
  java -cp test-fixtures/target/classes io.mlserve.fixtures.onnx.GenerateModels "$@"
}

# Waits until the server that writes its port to the file $1 is ready, and prints where it listens.
await_ready() {
  for _ in {1..600}; do
    if [ -s "$1" ] && curl -sf -o /dev/null "http://127.0.0.1:$(<"$1")/readyz"; then
      echo "http://127.0.0.1:$(<"$1")"
      return
    fi
    sleep 0.1
  done
  echo "$0: the server is not ready after a minute" >&2
  return 1
}
