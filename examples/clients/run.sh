#!/bin/sh
# Clients that others wrote, unchanged, against mlserve: see README.md beside this.
set -eu

all='curl tritonclient-http tritonclient-grpc tensorflow-serving-api kserve perf_analyzer grpcurl grpcio-health'

usage() {
  cat <<END
Usage: examples/clients/run.sh [CLIENT...]

Installs clients of other servers under target/clients, starts mlserve on free
ports of this machine, and lets each client make its checks. Builds mlserve if
needed. The first time takes some minutes and 2.5 GB; then half a minute.

Clients: $all

Needs curl and timeout, and Python 3.11 or newer for most clients (PYTHON names
another than python3); go for grpcurl; apt-get on x86-64 Linux for perf_analyzer.

Exit status: 0 if no client that could be installed failed; 1 if one did; 2 for
wrong usage.
END
}

for client; do
  case $client in
    -h | --help)
      usage
      exit 0
      ;;
  esac
  case " $all " in
    *" $client "*) ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done
# shellcheck disable=SC2086 # one word each
[ $# -gt 0 ] || set -- $all

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
root=${here%/*/*}
installed=$root/target/clients # kept for the next time
work=$installed/run
python=${PYTHON:-python3}

tritonclient=2.73.0
serving_api=2.21.0
kserve=0.21.0
perf_analyzer=2.48.0 # the last release of tritonclient that comes with it
grpcurl=v1.9.3
grpcio_health=1.81.1

# ---- The server

server=''

cleanup() {
  trap '' INT TERM HUP
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || :
    tries=0
    while kill -0 "$server" 2>/dev/null && [ "$tries" -lt 200 ]; do
      tries=$((tries + 1))
      sleep 0.1
    done
    kill -9 "$server" 2>/dev/null || :
  fi
}

trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# put MODEL VERSION-FOLDER
put() {
  mkdir -p "models/$1/$2"
  cp "$root/test-fixtures/models/$1/model.onnx" "models/$1/$2/"
}

start_server() {
  rm -rf models http grpc
  put half_plus_two 00000123
  put half_plus_three 00000123
  for model in types types_half three_classes slow; do
    put "$model" 1
  done
  for version in 1 2 4; do
    mkdir -p "models/uci_housing/$version"
    cp "$root/test-fixtures/models/uci_housing/$version/model.onnx" "models/uci_housing/$version/"
  done
  cat >models.yaml <<'END'
models:
  - {name: half_plus_two, path: models/half_plus_two, labels: {stable: 123}}
  - {name: half_plus_three, path: models/half_plus_three}
  - {name: uci_housing, path: models/uci_housing, versions: all, labels: {stable: 2, canary: 4}}
  - {name: types, path: models/types}
  - {name: types_half, path: models/types_half}
  - {name: three_classes, path: models/three_classes}
  - {name: slow, path: models/slow}
END
  "$root/mlserve" serve --config models.yaml --repository-api on --host 127.0.0.1 --port 0 \
    --port-file http --grpc-port 0 --grpc-port-file grpc --admin-port off >serve.out 2>serve.log &
  server=$!
  tries=0
  until [ -s http ] && [ -s grpc ] &&
    curl -fs -m 5 "http://127.0.0.1:$(cat http)/readyz" >/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
      cat serve.log >&2
      echo 'run.sh: the server does not get ready' >&2
      exit 1
    fi
    sleep 0.1
  done
  HTTP=127.0.0.1:$(cat http)
  GRPC=127.0.0.1:$(cat grpc)
  export HTTP GRPC
}

# ---- Installing: each prints nothing, or fails and leaves a reason in the file "why"

# venv NAME: a virtual environment with what requirements-NAME.txt lists, and nothing else.
venv() {
  at=$installed/$1
  wanted=$here/requirements-$1.txt
  if cmp -s "$wanted" "$at/requirements.txt"; then
    return 0
  fi
  rm -rf "$at"
  if ! "$python" -m venv "$at" >pip.log 2>&1; then
    echo "no virtual environment of $python" >why
    return 1
  fi
  if ! timeout 900 "$at/bin/pip" install -q --disable-pip-version-check --no-deps -r "$wanted" \
    >>pip.log 2>&1; then
    echo "pip: $(grep -v '^$' pip.log | tail -n 1 | cut -c 1-60)" >why
    return 1
  fi
  cp "$wanted" "$at/requirements.txt"
}

# Two libraries that perf_analyzer is linked with: one from Debian, one from its requirements.
perf_analyzer_libraries() {
  libraries=$installed/perf/lib
  mkdir -p "$libraries"
  if ! [ -e "$libraries/libb64.so.0d" ]; then
    mkdir -p deb
    if ! (cd deb && timeout 120 apt-get download -q libb64-0d && dpkg-deb -x libb64-0d_*.deb .) \
      >deb.log 2>&1; then
      echo 'libb64-0d: apt-get cannot download it' >why
      return 1
    fi
    find deb -name 'libb64.so.0d' -exec cp {} "$libraries" \;
    find "$installed/perf" -name libcudart.so.12 -exec cp {} "$libraries" \;
  fi
  LD_LIBRARY_PATH=$libraries timeout 20 "$installed/perf/bin/perf_analyzer" --version >deb.log 2>&1 ||
    {
      echo "it does not start: $(tail -n 1 deb.log | cut -c 1-60)" >why
      return 1
    }
}

go_install() {
  [ -x "$installed/go-$grpcurl/grpcurl" ] && return 0
  if ! command -v go >/dev/null; then
    echo 'no go' >why
    return 1
  fi
  if ! GOBIN=$installed/go-$grpcurl GOPATH=$installed/go GOCACHE=$installed/go/build \
    GOFLAGS=-modcacherw timeout 900 go install \
    "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl" >go.log 2>&1; then
    echo "go: $(tail -n 1 go.log | cut -c 1-60)" >why
    return 1
  fi
}

install() {
  case $1 in
    curl)
      command -v curl >/dev/null || {
        echo 'no curl' >why
        return 1
      }
      ;;
    tritonclient-* | grpcio-health) venv triton ;;
    tensorflow-serving-api) venv tfs ;;
    kserve) venv kserve ;;
    perf_analyzer) venv perf && perf_analyzer_libraries ;;
    grpcurl) go_install ;;
  esac
}

# ---- Running

# program ENVIRONMENT FILE: a Python program beside this one.
program() {
  timeout 180 "$installed/$1/bin/python" -W ignore "$here/$2"
}

checks() {
  case $1 in
    curl) sh "$here/curl.sh" "http://$HTTP" ;;
    tritonclient-http) program triton triton_http.py ;;
    tritonclient-grpc) program triton triton_grpc.py ;;
    tensorflow-serving-api) program tfs serving_api.py ;;
    kserve) program kserve kserve_client.py ;;
    perf_analyzer)
      LD_LIBRARY_PATH=$installed/perf/lib sh "$here/perf_analyzer.sh" \
        "$installed/perf/bin/perf_analyzer"
      ;;
    grpcurl) sh "$here/grpcurl.sh" "$installed/go-$grpcurl/grpcurl" ;;
    grpcio-health) program triton health_reflection.py ;;
  esac
}

version() {
  case $1 in
    curl) curl --version | awk 'NR == 1 { print $2 }' ;;
    tritonclient-*) echo "$tritonclient" ;;
    tensorflow-serving-api) echo "$serving_api" ;;
    kserve) echo "$kserve" ;;
    perf_analyzer) echo "$perf_analyzer" ;;
    grpcurl) echo "${grpcurl#v}" ;;
    grpcio-health) echo "$grpcio_health" ;;
  esac
}

"$root/mlserve" --version >/dev/null # builds if needed
mkdir -p "$work"
cd "$work"
export PYTHONDONTWRITEBYTECODE=1
for client; do
  rm -f "$client.missing"
  echo "installing $client" >&2
  install "$client" || mv why "$client.missing"
done
start_server

for client; do
  [ ! -e "$client.missing" ] || continue
  echo
  echo "$client $(version "$client")"
  status=0
  checks "$client" >"$client.out" 2>"$client.err" || status=$?
  # a program that was ended, or fell over, has one failure more
  [ "$status" -le 1 ] && grep -q '^ok' "$client.out" &&
    { [ "$status" = 0 ] || grep -q '^FAIL' "$client.out"; } ||
    echo "FAIL it ended with status $status: $(tail -n 1 "$client.err")" >>"$client.out"
  sed 's/^/  /' "$client.out"
done

kill -0 "$server" 2>/dev/null || {
  echo 'run.sh: the server ended meanwhile' >&2
  exit 1
}

# ---- The table

echo
printf '%-24s%-10s%8s%8s\n' client version passed failed
failures=0
for client; do
  if [ -e "$client.missing" ]; then
    printf '%-24s%-10s  not installed: %s\n' "$client" "$(version "$client")" \
      "$(cat "$client.missing")"
  else
    failed=$(grep -c '^FAIL' "$client.out" || :)
    failures=$((failures + failed))
    printf '%-24s%-10s%8d%8d\n' "$client" "$(version "$client")" \
      "$(grep -c '^ok' "$client.out" || :)" "$failed"
  fi
done
[ "$failures" = 0 ]
