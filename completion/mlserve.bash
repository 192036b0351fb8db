# bash completion for mlserve. Generated from its commands: do not edit.
# Use: source this file, or put it into ~/.local/share/bash-completion/completions/mlserve
# shellcheck disable=SC2207 # bash 3.2, as on macOS, has no mapfile

_mlserve() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' word i options='' words='' files=''
  # bash makes words of their own of --option, = and value
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$command $word" in
      ' bench') command='bench' ;;
      'bench report') command='bench report' ;;
      'bench compare') command='bench compare' ;;
      'bench plot') command='bench plot' ;;
      ' metrics') command='metrics' ;;
      'metrics show') command='metrics show' ;;
      'metrics top') command='metrics top' ;;
      'metrics report') command='metrics report' ;;
      'metrics retire') command='metrics retire' ;;
      'metrics record') command='metrics record' ;;
      'metrics diff') command='metrics diff' ;;
      'metrics lint') command='metrics lint' ;;
      'metrics push') command='metrics push' ;;
      'metrics dashboards') command='metrics dashboards' ;;
      ' monitor') command='monitor' ;;
      ' pull') command='pull' ;;
      ' serve') command='serve' ;;
      ' unpack') command='unpack' ;;
      ' version') command='version' ;;
      ' help') command='help' ;;
    esac
  done

  case $command in
    '')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings -V --version' words='bench metrics monitor pull serve unpack version help' files='' ;;
      esac
      ;;
    'bench')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --slo) : ;;
        --confidence) : ;;
        --find-max) : ;;
        --stable) : ;;
        --max-tries) : ;;
        --baseline) files=files ;;
        --max-regression) : ;;
        --label) : ;;
        --json) files=files ;;
        --html) files=files ;;
        --csv) files=files ;;
        --hdr) files=files ;;
        --raw) files=files ;;
        --junit) files=files ;;
        -u | --url) : ;;
        -m | --model) : ;;
        --model-version) : ;;
        --api) words='tfs_rest v2 v2_binary v2_grpc tfs_grpc raw inproc' ;;
        --method) : ;;
        --content-type) : ;;
        -H | --header) : ;;
        --token-file) files=files ;;
        --cacert) files=files ;;
        --cert) files=files ;;
        --key) files=files ;;
        -c | --concurrency) : ;;
        -r | --rate) : ;;
        --arrival) : ;;
        --scenario) words='single_stream multi_stream server offline' ;;
        --connections) : ;;
        --max-outstanding) : ;;
        -d | --duration) : ;;
        -n | --requests) : ;;
        --warmup) : ;;
        --ramp) : ;;
        --cooldown) : ;;
        --timeout) : ;;
        --during) : ;;
        --input) files=files ;;
        --batch) : ;;
        --shape) : ;;
        --seed) : ;;
        --expect) files=files ;;
        --expect-one-of) files=files ;;
        --rtol) : ;;
        --atol) : ;;
        --server-metrics) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --slo --confidence --find-max --stable --max-tries --baseline --max-regression --label --json --html --csv --hdr --raw --junit --no-tui -u --url -m --model --model-version --api --method --content-type -H --header --token-file --cacert --cert --key --compress -c --concurrency -r --rate --arrival --scenario --connections --max-outstanding -d --duration -n --requests --warmup --ramp --cooldown --timeout --during --input --batch --shape --seed --expect --expect-one-of --check-first --rtol --atol --server-metrics' words='report compare plot' files='' ;;
      esac
      ;;
    'bench report')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --html) files=files ;;
        --csv) files=files ;;
        --junit) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --html --csv --junit' words='' files=files ;;
      esac
      ;;
    'bench compare')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --max-regression) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --max-regression' words='' files=files ;;
      esac
      ;;
    'bench plot')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings' words='' files=files ;;
      esac
      ;;
    'metrics')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings' words='show top report retire record diff lint push dashboards' files='' ;;
      esac
      ;;
    'metrics show')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --timeout) : ;;
        --max-size) : ;;
        --interval) : ;;
        --filter) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --timeout --max-size --interval --filter --json --raw' words='' files='' ;;
      esac
      ;;
    'metrics top')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --timeout) : ;;
        --max-size) : ;;
        --interval) : ;;
        --sort) words='name rate errors p99 in_flight last' ;;
        --filter) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --timeout --max-size --interval --sort --filter' words='' files='' ;;
      esac
      ;;
    'metrics report')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --timeout) : ;;
        --max-size) : ;;
        --window | --idle) : ;;
        --max-qps) : ;;
        --min-coverage) : ;;
        --servers | --target) : ;;
        --discover) : ;;
        --prometheus) : ;;
        --selector) : ;;
        --from) files=files ;;
        --step) : ;;
        --token-file) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --timeout --max-size --window --idle --max-qps --min-coverage --servers --target --discover --prometheus --selector --from --step --token-file --json' words='' files='' ;;
      esac
      ;;
    'metrics retire')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --window | --idle) : ;;
        --max-qps) : ;;
        --min-coverage) : ;;
        --servers | --target) : ;;
        --discover) : ;;
        --token-file) files=files ;;
        --timeout) : ;;
        --grace) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --window --idle --max-qps --min-coverage --servers --target --discover --token-file --timeout --force --grace --delete --yes -n --dry-run --json' words='' files='' ;;
      esac
      ;;
    'metrics record')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --timeout) : ;;
        --max-size) : ;;
        --to) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --timeout --max-size --to --all' words='' files='' ;;
      esac
      ;;
    'metrics diff')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --timeout) : ;;
        --max-size) : ;;
        --every) : ;;
        --count) : ;;
        --filter) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --timeout --max-size --every --count --filter' words='' files='' ;;
      esac
      ;;
    'metrics lint')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --timeout) : ;;
        --max-size) : ;;
        --max-series) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --timeout --max-size --max-series --json' words='' files='' ;;
      esac
      ;;
    'metrics push')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --gauge) : ;;
        --gateway) : ;;
        --job) : ;;
        --grouping) : ;;
        --method) words='put post delete' ;;
        --textfile) files=files ;;
        --user) : ;;
        --password-file) files=files ;;
        --token-file) files=files ;;
        --timeout) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --gauge --gateway --job --grouping --method --textfile --user --password-file --token-file --timeout --require-push' words='' files='' ;;
      esac
      ;;
    'metrics dashboards')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings' words='grafana alerts rules' files='' ;;
      esac
      ;;
    'monitor')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --type) words='general http hdfs afs ftp file webhdfs' ;;
        --remote-path) files=files ;;
        --general-host) : ;;
        --ftp-host) : ;;
        --ftp-port) : ;;
        --ftp-username) : ;;
        --ftp-password) : ;;
        --ftp-password-file) files=files ;;
        --fs-name) : ;;
        --fs-ugi) : ;;
        --fs-ugi-file) files=files ;;
        --hadoop-bin) files=files ;;
        --principal) : ;;
        --keytab) files=files ;;
        --token-file) files=files ;;
        --ca-file) files=files ;;
        --connect-timeout) : ;;
        --read-timeout) : ;;
        --remote-model-name) : ;;
        --remote-donefile-name) : ;;
        --local-path) files=files ;;
        --local-model-name) : ;;
        --local-timestamp-file) : ;;
        --local-tmp-path) files=files ;;
        --unpacked-filename) : ;;
        --interval) : ;;
        --jitter) : ;;
        --keep) : ;;
        --sha256) : ;;
        --check-model) words='on off' ;;
        --check-timeout) : ;;
        --max-retries) : ;;
        --backoff) : ;;
        --max-bytes) : ;;
        --max-ratio) : ;;
        --max-entries) : ;;
        --max-depth) : ;;
        --on-update) : ;;
        --on-update-timeout) : ;;
        --push-gateway) : ;;
        --push-grouping) : ;;
        --push-user) : ;;
        --push-password-file) files=files ;;
        --push-token-file) files=files ;;
        --push-timeout) : ;;
        --textfile) files=files ;;
        --state-file) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --type --remote-path --general-host --ftp-host --ftp-port --ftp-username --ftp-password --ftp-password-file --ftp-tls --fs-name --fs-ugi --fs-ugi-file --hadoop-bin --principal --keytab --token-file --ca-file --http-autoindex --connect-timeout --read-timeout --remote-model-name --remote-donefile-name --local-path --local-model-name --local-timestamp-file --local-tmp-path --unpacked-filename --interval --jitter --once --exit-nothing-changed --keep --sha256 --check-model --check-timeout --max-retries --backoff --max-bytes --max-ratio --max-entries --max-depth --on-update --on-update-timeout --push-gateway --push-grouping --push-user --push-password-file --push-token-file --push-timeout --textfile --require-push --state-file --dry-run --json' words='' files='' ;;
      esac
      ;;
    'pull')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --connect-timeout) : ;;
        --read-timeout) : ;;
        --user) : ;;
        --password-file) files=files ;;
        --token-file) files=files ;;
        --ca-file) files=files ;;
        --fs-name) : ;;
        --fs-ugi-file) files=files ;;
        --hadoop-bin) files=files ;;
        --keytab) files=files ;;
        --principal) : ;;
        --push-gateway) : ;;
        --push-grouping) : ;;
        --push-user) : ;;
        --push-password-file) files=files ;;
        --push-token-file) files=files ;;
        --push-timeout) : ;;
        --textfile) files=files ;;
        --sha256) : ;;
        --max-bytes) : ;;
        --retries) : ;;
        --retry-max-time) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --connect-timeout --read-timeout --user --password-file --token-file --ca-file --ftp-tls --http-autoindex --fs-name --fs-ugi-file --hadoop-bin --keytab --principal --push-gateway --push-grouping --push-user --push-password-file --push-token-file --push-timeout --textfile --require-push --sha256 --unpack --max-bytes --retries --retry-max-time -n --dry-run --exit-nothing-changed --no-progress --json' words='' files=files ;;
      esac
      ;;
    'serve')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --model) files=files ;;
        --model-repository) files=folders ;;
        --config) files=files ;;
        --timestamp-file) : ;;
        --admin-host) : ;;
        --admin-port) : ;;
        --admin-port-file) files=files ;;
        --admin-token-file) files=files ;;
        --repository-api) words='on off' ;;
        --tls-certificate) files=files ;;
        --tls-key) files=files ;;
        --tls-client-ca) files=files ;;
        --state-dir) files=folders ;;
        --metrics-retain) : ;;
        --metrics-compat) : ;;
        --metrics-extra-label) : ;;
        --host) : ;;
        --port) : ;;
        --port-file) files=files ;;
        --grpc-port) : ;;
        --grpc-port-file) files=files ;;
        --cors) words='on off' ;;
        --threads | --thread) : ;;
        --transport) words='auto nio epoll io_uring' ;;
        --batch-max-size) : ;;
        --batch-timeout) : ;;
        --batch-sizes) : ;;
        --slo) : ;;
        --intra-op-threads) : ;;
        --reload-interval) : ;;
        --reload-trigger) words='auto none' ;;
        --warm-up) words='on off' ;;
        --signature-change) words='refuse allow' ;;
        --max-inflight) : ;;
        --request-timeout) : ;;
        --max-body-size) : ;;
        --max-header-size) : ;;
        --header-timeout) : ;;
        --body-timeout) : ;;
        --idle-timeout) : ;;
        --max-connections) : ;;
        --drain-delay) : ;;
        --drain-timeout) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --model --model-repository --config --timestamp-file --admin-host --admin-port --admin-port-file --admin-token-file --no-ui --repository-api --tls-certificate --tls-key --tls-client-ca --state-dir --metrics-retain --metrics-compat --metrics-extra-label --host --port --port-file --grpc-port --grpc-port-file --cors --threads --thread --transport --batch-max-size --batch-timeout --batch-sizes --slo --intra-op-threads --reload-interval --reload-trigger --warm-up --signature-change --max-inflight --request-timeout --max-body-size --max-header-size --header-timeout --body-timeout --idle-timeout --max-connections --drain-delay --drain-timeout --check --json' words='' files='' ;;
      esac
      ;;
    'unpack')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        --max-bytes) : ;;
        --max-ratio) : ;;
        --max-entries) : ;;
        --max-depth) : ;;
        -C | --directory) files=folders ;;
        --strip | --strip-components) : ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --max-bytes --max-ratio --max-entries --max-depth -C --directory -t --list --strip --strip-components --json' words='' files=files ;;
      esac
      ;;
    'version')
      case $previous in
        --log-format) words='text json' ;;
        --settings) files=files ;;
        *) options='-h --help -q --quiet -v --verbose --debug --log-format --settings --json' words='' files='' ;;
      esac
      ;;
    'help')
      case $previous in
        *) options='-h --help' words='bench metrics monitor pull serve unpack version' files='' ;;
      esac
      ;;
  esac

  local IFS=$'\n'
  case $files in
    files)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$current"))
      ;;
    folders)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -d -- "$current"))
      ;;
    *) COMPREPLY=() ;;
  esac
  [[ $current == -* ]] && words=$options
  IFS=$' \n'
  [[ -n $words ]] && COMPREPLY+=($(compgen -W "$words" -- "$current"))
  return 0
}

complete -F _mlserve mlserve
