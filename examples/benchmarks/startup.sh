#!/usr/bin/env bash
# How long mlserve takes to start: wall and CPU milliseconds, median of 11 (or RUNS), the commands in
# turn so that a busy moment hits all alike. A bare JVM in the same run says what the machine gives.
#
#   examples/benchmarks/startup.sh [JAVA_HOME...]     default: the Java that mlserve finds
set -euo pipefail
cd "$(dirname "$0")/../.."

runs=${RUNS:-11}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MLSERVE_JAVA_ARCHIVE=$work/archives
./mlserve --version >"$work/version"

if [ $# -eq 0 ]; then
  set -- "$(./mlserve version | sed -n 's/^java_home *//p')"
fi

# Milliseconds that a command took: wall, and user plus system.
measure() {
  local TIMEFORMAT='%R %U %S' times
  times=$({ time "$@" >/dev/null 2>&1; } 2>&1)
  awk '{ printf "%.0f %.0f\n", $1 * 1000, ($2 + $3) * 1000 }' <<<"$times"
}

median() {
  sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for java in "$@"; do
  export MLSERVE_JAVA_HOME=$java
  mkdir -p "$work/hello"
  printf 'public class Hello { public static void main(String[] a) { System.out.println("hello"); } }' \
    >"$work/hello/Hello.java"
  "$java/bin/javac" -d "$work/hello" "$work/hello/Hello.java"

  ./mlserve --version >/dev/null
  for _ in {1..600}; do # the archive is made in the background
    [ -n "$(find "$work/archives" -name '*.jsa')" ] && break
    sleep 0.1
  done

  names=(hello version help unpack-help serve-help plain)
  rm -f "$work"/*.ms
  for ((i = 0; i < runs; i++)); do
    measure "$java/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$work/hello" Hello >>"$work/hello.ms"
    measure cli/target/dist/bin/mlserve --version >>"$work/version.ms"
    measure cli/target/dist/bin/mlserve --help >>"$work/help.ms"
    measure cli/target/dist/bin/mlserve unpack --help >>"$work/unpack-help.ms"
    measure cli/target/dist/bin/mlserve serve --help >>"$work/serve-help.ms"
    MLSERVE_JAVA_ARCHIVE=off measure cli/target/dist/bin/mlserve --version >>"$work/plain.ms"
  done

  "$java/bin/java" -version 2>&1 | head -n 1
  printf '%-34s %9s %9s %9s\n' '' 'wall ms' 'min' 'CPU ms'
  for name in "${names[@]}"; do
    case $name in
      hello) label='bare JVM, hello' ;;
      version) label='mlserve --version' ;;
      help) label='mlserve --help' ;;
      unpack-help) label='mlserve unpack --help' ;;
      serve-help) label='mlserve serve --help' ;;
      plain) label='mlserve --version, no archive' ;;
    esac
    printf '%-34s %9s %9s %9s\n' "$label" \
      "$(cut -d' ' -f1 "$work/$name.ms" | median)" \
      "$(cut -d' ' -f1 "$work/$name.ms" | sort -n | head -n 1)" \
      "$(cut -d' ' -f2 "$work/$name.ms" | median)"
  done
  rm -rf "$work/archives"
done
