#!/bin/sh
# How long mlserve unpack takes for a model of about 500 MB, beside GNU tar: both unpack the same
# tar.gz five times, in turn. Prints medians, extremes and the ratio of the medians.
#
#   examples/benchmarks/unpack.sh [FOLDER]      # FOLDER: where the 2 GB go; default: a temporary one
set -eu
export LC_ALL=C

case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
root=$(CDPATH='' cd -P -- "$here/../.." && pwd -P)
runs=${RUNS:-5}

command -v openssl >/dev/null || {
  echo 'unpack.sh: openssl is needed to make the test data' >&2
  exit 69
}
if [ $# -gt 0 ]; then
  work=$(mktemp -d "$1/unpack-benchmark.XXXXXX")
else
  work=$(mktemp -d)
fi
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Half of it does not compress (weights), half does (a keystream in hexadecimal: 2 to 1). The bytes
# are the same on every machine: AES in counter mode over zeros.
noise() { # BYTES KEY
  head -c "$1" /dev/zero | openssl enc -aes-128-ctr -nosalt -K "$2" -iv 0 2>/dev/null
}
mkdir "$work/model"
noise 260000000 1 >"$work/model/model.onnx.data"
noise 120000000 2 | od -An -v -tx1 | tr -d ' \n' >"$work/model/vocabulary.txt"
noise 2000000 3 >"$work/model/model.onnx"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$work" -cf - model |
  gzip -n >"$work/model.tar.gz"
bytes=$(find "$work/model" -type f -exec cat {} + | wc -c)
packed=$(wc -c <"$work/model.tar.gz")
rm -r "$work/model"

seconds() { # COMMAND...: wall time in milliseconds
  begin=$(date +%s%N)
  "$@"
  end=$(date +%s%N)
  echo $(((end - begin) / 1000000))
}
with_tar() {
  mkdir "$work/out"
  tar -xzf "$work/model.tar.gz" -C "$work/out"
}
with_tar_and_sync() {
  with_tar
  sync -f "$work/out"
}
with_mlserve() {
  "$root/mlserve" unpack "$work/model.tar.gz" -C "$work/out"
}
settle() { # what one run left in memory must not be paid by the next
  rm -rf "$work/out"
  sync
}

"$root/mlserve" --version >/dev/null # builds it, if that is needed
cat "$work/model.tar.gz" >/dev/null
run=0
while [ "$run" -lt "$runs" ]; do
  for program in tar mlserve tar_and_sync; do
    settle
    seconds "with_$program" >>"$work/$program.ms"
  done
  run=$((run + 1))
done
settle

summary() { # NAME FILE
  sort -n "$2" | awk -v name="$1" '
    { t[NR] = $1 }
    END { printf "%-34s %7.2f s  (%.2f to %.2f)\n", name, t[int((NR + 1) / 2)] / 1000, t[1] / 1000, t[NR] / 1000 }'
}
median() {
  sort -n "$1" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'
}
[ -r /proc/loadavg ] && echo "load average at the end: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) processors"
echo "$bytes bytes in a tar.gz of $packed, $runs runs each, in turn: median (least to most)"
summary 'GNU tar, data still in memory' "$work/tar.ms"
summary 'GNU tar, then sync of that disk' "$work/tar_and_sync.ms"
summary 'mlserve unpack, fsync included' "$work/mlserve.ms"
awk -v ours="$(median "$work/mlserve.ms")" -v tar="$(median "$work/tar.ms")" \
  -v both="$(median "$work/tar_and_sync.ms")" \
  'BEGIN { printf "ratio of medians: %.2f to GNU tar, %.2f to GNU tar and sync\n", ours / tar, ours / both }'
echo 'mlserve starts a JVM, checks every member, makes all files durable and renames; tar does not.'
