#!/bin/bash
# mlserve between real Prometheus servers: scrapes, history, reports, pushes, rules. See README.md beside this.
set -eu

usage() {
  cat <<END
Usage: examples/monitoring/run.sh

Starts prometheus, prometheus-pushgateway and mlserve on free ports of this
machine, fills in a day of history, and checks what mlserve metrics makes of it.
Builds mlserve if needed. Takes about a minute.

Needs curl, awk, and Debian's packages prometheus and prometheus-pushgateway.

Exit status: 0 if all checks passed; 1 if one failed; 2 for wrong usage; 6 if a
program is missing.
END
}

case ${1:-} in
  '') ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

missing=''
for program in prometheus promtool prometheus-pushgateway curl awk; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
if [ -n "$missing" ]; then
  echo "missing:$missing" >&2
  echo "hint: apt-get install --no-install-recommends prometheus prometheus-pushgateway curl" >&2
  exit 6
fi

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
root=${here%/*/*}
mlserve=${MLSERVE:-$root/mlserve}
work=$root/target/monitoring
rm -rf "$work"
mkdir -p "$work"
cd "$work"

# ---- What is started is stopped, and nothing else

pids=()

cleanup() {
  trap '' INT TERM HUP
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || :
  done
  for pid in "${pids[@]}"; do
    for _ in $(seq 100); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || :
  done
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

passed=0
failed=0

# check WHAT COMMAND...: the command must succeed
check() {
  what=$1
  shift
  if "$@" >check.out 2>&1; then
    passed=$((passed + 1))
    echo "ok    $what"
  else
    failed=$((failed + 1))
    echo "FAIL  $what"
    sed 's/^/      /' check.out | head -40
  fi
}

# status STATUS COMMAND...: the command must end with that status
status() {
  wanted=$1
  shift
  got=0
  "$@" || got=$?
  [ "$got" -eq "$wanted" ] || {
    echo "exit status $got (expected: $wanted)"
    return 1
  }
}

# within PERCENT A B
near() {
  awk -v p="$1" -v a="$2" -v b="$3" 'BEGIN {
    printf "%s and %s\n", a, b
    d = a - b; if (d < 0) d = -d
    exit !(b > 0 && d <= b * p / 100)
  }'
}

# eventually COMMAND...: it must succeed within 60 s
eventually() {
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then
      return 0
    fi
    sleep 0.2
  done
  echo "not within 60 s: $*"
  return 1
}

# A port that was free a moment ago.
port() {
  for _ in $(seq 50); do
    candidate=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

get() {
  curl -sS --fail --max-time 10 "$@"
}

contains() {
  get "$1" | grep -q -- "$2"
}

lacks() {
  get "$1" >lacks.out && ! grep -q -- "$2" lacks.out
}

# The number that a query of PromQL gives, for one set of labels: query JOB-EXPRESSION
promql() {
  get "http://127.0.0.1:$prometheus_port/api/v1/query" --data-urlencode "query=$1" >promql.json
  sed -n 's/.*"value":\[[^,]*,"\([^"]*\)"\].*/\1/p' promql.json
}

promql_is() {
  value=$(promql "$1")
  [ "$value" = "$2" ] || {
    echo "$1 is '$value' (expected: $2)"
    cat promql.json
    return 1
  }
}

# field FILE VERSION NAME: a field of one version in the JSON of a report
field() {
  awk -v v="\"$2\"" -v n="\"$3\"" '
    $1 == "\"version\"" { here = ($3 == v ",") }
    here && $1 == n { gsub(/[",]/, "", $3); print $3; exit }' "$1"
}

# ---- mlserve with three versions

for version in 1 2 3; do
  mkdir -p "models/hp/$version"
  cp "$root"/test-fixtures/models/half_plus_two/model.onnx "models/hp/$version/"
done
cat >models.yaml <<END
models:
  - name: hp
    path: $work/models/hp
    versions: all
END
"$mlserve" serve --config models.yaml \
  --host 127.0.0.1 --port 0 --port-file port --admin-port 0 --admin-port-file admin-port \
  --grpc-port off --state-dir state --metrics-compat tfs-fork >serve.log 2>&1 &
pids+=($!)
eventually test -s port
eventually test -s admin-port
url=http://127.0.0.1:$(cat port)
admin=http://127.0.0.1:$(cat admin-port)
eventually get "$url/readyz"

# ---- A day of history: two servers, scraped every minute; version 3 is idle

now=$(date +%s)
awk -v now="$now" 'BEGIN {
  print "# TYPE mlserve_requests counter"
  start = now - 26 * 3600
  for (t = start; t <= now; t += 60) {
    h = (now - t) / 3600
    for (i = 1; i <= 2; i++) {
      one[i] += 60 * (h > 6 && h < 10 ? 1.5 : 0.2)
      two[i] += 60 * (h > 15 && h < 19 ? 0.9 * i : 0.01)
      if (i == 2 && t == start + 60 * 700) { one[i] = 0; two[i] = 0 } # it was restarted
      a[i] = a[i] sprintf("mlserve_requests_total{job=\"history\",instance=\"h%d\",model=\"hp\",version=\"1\",selector=\"version\",code=\"OK\"} %.3f %d\n", i, one[i], t)
      b[i] = b[i] sprintf("mlserve_requests_total{job=\"history\",instance=\"h%d\",model=\"hp\",version=\"2\",selector=\"default\",code=\"OK\"} %.3f %d\n", i, two[i], t)
      c[i] = c[i] sprintf("mlserve_requests_total{job=\"history\",instance=\"h%d\",model=\"hp\",version=\"3\",selector=\"default\",code=\"OK\"} 0 %d\n", i, t)
      f[i] = f[i] sprintf(":tensorflow:serving:model_call_count{job=\"history\",instance=\"h%d\",model_name=\"hp\",model_version=\"1\"} %.3f %d\n", i, one[i], t)
      g[i] = g[i] sprintf(":tensorflow:serving:model_call_count{job=\"history\",instance=\"h%d\",model_name=\"hp\",model_version=\"2\"} %.3f %d\n", i, two[i], t)
      u[i] = u[i] sprintf("up{job=\"history\",instance=\"h%d\"} 1 %d\n", i, t)
      p[i] = p[i] sprintf("process_start_time_seconds{job=\"history\",instance=\"h%d\"} %d %d\n", i, i == 2 && t >= start + 42000 ? start + 41990 : start, t)
      for (v = 1; v <= 3; v++)
        l[i] = l[i] sprintf("mlserve_model_loaded{job=\"history\",instance=\"h%d\",model=\"hp\",version=\"%d\"} 1 %d\n", i, v, t)
    }
    # a Prometheus that has been there for two hours only
    if (h < 2) {
      y = y sprintf("up{job=\"young\",instance=\"y\"} 1 %d\n", t)
      z = z sprintf("mlserve_requests_total{job=\"young\",instance=\"y\",model=\"hp\",version=\"3\",selector=\"default\",code=\"OK\"} 0 %d\n", t)
    }
  }
  for (i = 1; i <= 2; i++) printf "%s%s%s", a[i], b[i], c[i]
  printf "%s", z
  print "# TYPE :tensorflow:serving:model_call_count unknown"
  for (i = 1; i <= 2; i++) printf "%s%s", f[i], g[i]
  print "# TYPE up gauge"
  for (i = 1; i <= 2; i++) printf "%s", u[i]
  printf "%s", y
  print "# TYPE process_start_time_seconds gauge"
  for (i = 1; i <= 2; i++) printf "%s", p[i]
  print "# TYPE mlserve_model_loaded gauge"
  for (i = 1; i <= 2; i++) printf "%s", l[i]
  print "# EOF"
}' >history.txt
check "promtool fills in $(grep -vc '^#' history.txt) samples" \
  promtool tsdb create-blocks-from openmetrics history.txt data

# ---- Prometheus and the Pushgateway

"$mlserve" metrics dashboards alerts >alerts.yml
"$mlserve" metrics dashboards rules >rules.yml
"$mlserve" metrics dashboards grafana >grafana.json
cp "$here/alerts-test.yml" .
gateway_port=$(port)
prometheus_port=$(port)
gateway=http://127.0.0.1:$gateway_port
prometheus=http://127.0.0.1:$prometheus_port
cat >prometheus.yml <<END
global:
  scrape_interval: 1s
  evaluation_interval: 5s
rule_files: [alerts.yml, rules.yml]
scrape_configs:
  - job_name: mlserve
    static_configs: [{targets: ['127.0.0.1:$(cat port)']}]
  - job_name: pushgateway
    honor_labels: true
    static_configs: [{targets: ['127.0.0.1:$gateway_port']}]
END
check "promtool check config" promtool check config prometheus.yml
prometheus-pushgateway --web.listen-address="127.0.0.1:$gateway_port" >gateway.log 2>&1 &
pids+=($!)
prometheus --config.file=prometheus.yml --storage.tsdb.path=data --storage.tsdb.retention.time=30d \
  --web.listen-address="127.0.0.1:$prometheus_port" >prometheus.log 2>&1 &
pids+=($!)
eventually get "$prometheus/-/ready"
eventually get "$gateway/-/ready"

# ---- Scraping

check "Prometheus scrapes mlserve" eventually promql_is 'up{job="mlserve"}' 1
for path in "" /versions/1 /versions/1; do
  get "$url/v1/models/hp$path:predict" -d '{"instances": [1.0]}' >/dev/null
done
for _ in 1 2 3 4; do # a client whose calls all fail
  curl -sS --max-time 10 "$url/v1/models/hp/versions/1:predict" -d '{"wrong": [1.0]}' >/dev/null
done
check "what was sent is what Prometheus counts, failures included" \
  eventually promql_is 'sum(mlserve_requests_total{job="mlserve",version="1"})' 6
check "the fork's metric counts the same" \
  eventually promql_is 'sum(:tensorflow:serving:model_call_count{model_version="1",job="mlserve"})' 6
check "a version that nobody calls is there, at zero" \
  promql_is 'sum(mlserve_requests_total{job="mlserve",version="2"})' 0
get "$url/metrics" >scrape.txt
# the fork's name has a colon, which is for recording rules: that is the price of --metrics-compat
grep -v model_call_count scrape.txt >native.txt
check "promtool check metrics" promtool check metrics <native.txt
get -H 'Accept: application/openmetrics-text; version=1.0.0' "$url/metrics" >openmetrics.txt
check "OpenMetrics ends as it must" grep -qx '# EOF' openmetrics.txt
check "metrics lint" "$mlserve" metrics lint native.txt
only_the_colon() {
  "$mlserve" metrics lint -q "$url" >lint.out && return 1
  cat lint.out
  [ "$(wc -l <lint.out)" -eq 1 ] && grep -q ":tensorflow:serving:model_call_count: .*':'" lint.out
}
check "which finds the colon of the fork's name at the server, and nothing else" only_the_colon
check "metrics show" "$mlserve" metrics show "$url"

# ---- The fork's published query, and the report

for version in 1 2; do
  fork=$(promql "max_over_time(sum(rate(:tensorflow:serving:model_call_count{model_name!=\"\",model_version=\"$version\",job=\"history\"}[60m])) by (model_name,model_version)[86400s:3600s])")
  "$mlserve" metrics report hp "$version" --prometheus "$prometheus" --selector 'job="history"' --json \
    >"report-$version.json" || :
  check "version $version: the published query of the fork and the report agree within 1 %" \
    near 1 "$(field "report-$version.json" "$version" max_hourly_qps)" "$fork"
done
check "a version with traffic is in use (10)" \
  status 10 "$mlserve" metrics report hp 1 --prometheus "$prometheus" --selector 'job="history"'
check "a version that nobody asked all day is safe (0)" \
  status 0 "$mlserve" metrics report hp 3 --prometheus "$prometheus" --selector 'job="history"'
check "a Prometheus of two hours knows too little (12)" \
  status 12 "$mlserve" metrics report hp 3 --prometheus "$prometheus" --selector 'job="young"'
check "a selector that fits nothing makes nothing safe (12)" \
  status 12 "$mlserve" metrics report --prometheus "$prometheus" --selector 'job="nobody"'

# ---- The same verdicts from Prometheus and from the servers

# verdicts FILE: version and verdict, a line each
verdicts() {
  awk '$1 == "\"version\"" { v = $3 } $1 == "\"verdict\"" { print v, $3 }' "$1" | sort
}
same_verdicts() {
  "$mlserve" metrics report --prometheus "$prometheus" --json >by-prometheus.json 2>/dev/null || :
  "$mlserve" metrics report --servers "$admin" --json >by-servers.json 2>/dev/null || :
  verdicts by-prometheus.json >a
  verdicts by-servers.json >b
  cat a b
  [ "$(wc -l <a)" -eq 3 ] && cmp a b
}
check "report --prometheus and report --servers give the same verdicts" same_verdicts
check "the version with failed calls only is in use" grep -q '"1", "IN_USE"' a
check "a server that does not answer makes an idle version unknown (12)" \
  status 12 "$mlserve" metrics report hp 2 --servers "$admin,http://127.0.0.1:1"
check "retire refuses a version in use (10)" status 10 "$mlserve" metrics retire hp 1 --servers "$admin"
check "retire --force unloads it" "$mlserve" metrics retire hp 1 --servers "$admin" --force
check "which then answers 404" status 22 get "$url/v1/models/hp/versions/1:predict" -d '{"instances": [1.0]}'

# ---- Recorded scrapes

check "metrics record" "$mlserve" metrics record "$url" --to scrapes.jsonl
get "$url/v1/models/hp/versions/2:predict" -d '{"instances": [1.0]}' >/dev/null
check "metrics record, again" "$mlserve" metrics record "$url" --to scrapes.jsonl
check "report --from sees the one request between two scrapes (10)" \
  status 10 "$mlserve" metrics report hp 2 --from scrapes.jsonl

# ---- Pushing

check "push with grouping keys" "$mlserve" metrics push --gateway "$gateway" --job backup \
  --grouping instance=db1 --grouping path=/srv/models --gauge backup_size_bytes=42 --require-push
check "the gateway has it" contains "$gateway/metrics" \
  'backup_size_bytes{instance="db1",job="backup",path="/srv/models"} 42'
check "Prometheus has it under its own job" \
  eventually promql_is 'backup_size_bytes{job="backup",instance="db1"}' 42
check "post keeps what has another name" "$mlserve" metrics push --gateway "$gateway" --job backup \
  --grouping instance=db1 --grouping path=/srv/models --gauge backup_files=3 --method post --require-push
check "both are there" contains "$gateway/metrics" 'backup_size_bytes{instance="db1"'
check "put replaces the group" "$mlserve" metrics push --gateway "$gateway" --job backup \
  --grouping instance=db1 --grouping path=/srv/models --gauge backup_files=4 --require-push
check "the other is gone" lacks "$gateway/metrics" 'backup_size_bytes{instance="db1"'
check "delete" "$mlserve" metrics push --gateway "$gateway" --job backup \
  --grouping instance=db1 --grouping path=/srv/models --method delete --require-push
check "the group is gone" lacks "$gateway/metrics" 'backup_files'
check "a gateway that is not there is a warning" "$mlserve" metrics push --gateway http://127.0.0.1:1 \
  --job backup --gauge x=1
check "and a failure with --require-push (5)" status 5 "$mlserve" metrics push \
  --gateway http://127.0.0.1:1 --job backup --gauge x=1 --require-push
check "pull pushes how it went" "$mlserve" pull "file://$work/models/hp/3/model.onnx" pulled.onnx -q \
  --push-gateway "$gateway" --textfile "$work/pull.prom" --require-push
check "its success is at the gateway" contains "$gateway/metrics" 'mlserve_pull_success{.*job="mlserve_pull".* 1'
check "promtool check metrics on its text file" promtool check metrics <pull.prom
check "a failed pull keeps the time of the last success" status 6 "$mlserve" pull \
  "file://$work/nothing.onnx" pulled.onnx -q --push-gateway "$gateway" --textfile "$work/pull.prom"
check "in the text file" grep -q mlserve_pull_last_success_timestamp_seconds pull.prom
check "and at the gateway" contains "$gateway/metrics" 'mlserve_pull_last_success_timestamp_seconds{'
check "which knows of the failure" contains "$gateway/metrics" 'mlserve_pull_success{.* 0'

# ---- Rules

check "promtool check rules" promtool check rules alerts.yml rules.yml
check "promtool test rules" promtool test rules alerts-test.yml
rules_are_healthy() {
  get "$prometheus/api/v1/rules" >rules.json
  ! grep -q '"health":"err"' rules.json
}
check "Prometheus evaluates all rules" rules_are_healthy

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
