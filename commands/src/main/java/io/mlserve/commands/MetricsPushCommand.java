package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.MetricFamily;
import io.mlserve.metrics.PushTarget;
import io.mlserve.metrics.Sample;
import io.mlserve.metrics.TextFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics push}: hands over the results of a job that ends. */
@Command(
    name = "push",
    description = {
      "Push the results of a job to a Pushgateway, or write them for the node exporter.",
      "",
      "For jobs that end, such as those of cron; a server is scraped. What is pushed stays at the"
          + " gateway until it is deleted, with --method delete. A file is the better way for a job"
          + " that belongs to one machine. A failure to push is a warning, so that it fails no job,"
          + " unless --require-push is given."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:pushed, or could not be and need not be",
      "2:the command line is wrong; with --require-push: the gateway refuses these metrics",
      "4:with --require-push: the gateway or the folder does not allow it",
      "5:with --require-push: the gateway cannot be reached, or does not answer in time",
      "6:no such file; with --require-push: no gateway there",
      "7:these are no metrics in Prometheus' text format"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics push --gateway http://10.0.0.9:9091 --job backup \\",
      "    --grouping instance=db1 \\",
      "    --gauge backup_last_success_timestamp_seconds=$(date +%%s)",
      "  mlserve metrics push results.txt --textfile /var/lib/node/backup.prom",
      "  mlserve metrics push --gateway http://10.0.0.9:9091 --job backup \\",
      "    --grouping instance=db1 --method delete"
    })
public final class MetricsPushCommand implements Callable<Integer> {
  /** What is done with the group. */
  enum Method {
    PUT,
    POST,
    DELETE
  }

  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its options are what counts
  private CommonOptions common;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE|-",
      description = "Metrics in Prometheus' text format; - is standard input.")
  private Optional<String> input;

  @Option(
      names = "--gauge",
      paramLabel = "NAME=VALUE",
      description = "Push this gauge; may be repeated.")
  private Map<String, Double> gauges = new LinkedHashMap<>();

  @Option(names = "--gateway", paramLabel = "URL", description = "The Pushgateway.")
  private Optional<String> gateway;

  @Option(names = "--job", paramLabel = "NAME", description = "The job label of the group.")
  private Optional<String> job;

  @Option(
      names = "--grouping",
      paramLabel = "KEY=VALUE",
      description = "Another label of the group; may be repeated.")
  private Map<String, String> grouping = new LinkedHashMap<>();

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "put",
      description =
          "put replaces the group, post the metrics of the same names, delete deletes the group"
              + " (default: put).")
  private Method method;

  @Option(
      names = "--textfile",
      paramLabel = "FILE.prom",
      description = "Write to FILE in one step instead.")
  private Optional<Path> textFile;

  @Option(names = "--user", paramLabel = "USER", description = "User, with --password-file.")
  private Optional<String> user;

  @Option(names = "--password-file", paramLabel = "FILE", description = "Password, in a file.")
  private Optional<Path> passwordFile;

  @Option(names = "--token-file", paramLabel = "FILE", description = "Show the token in FILE.")
  private Optional<Path> tokenFile;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "Longest time for a push (default: 5s).")
  private Duration timeout;

  @Option(names = "--require-push", description = "Fail when it cannot be pushed or written.")
  private boolean requirePush;

  @Override
  public Integer call() {
    if (gateway.isPresent() == textFile.isPresent()) {
      throw wrong("where to push (expected: --gateway or --textfile)");
    }
    if (gateway.isPresent() && job.filter(name -> !name.isBlank()).isEmpty()) {
      throw wrong("--gateway without --job (expected: a name for the job)");
    }
    if (timeout.isZero()) {
      throw wrong("--timeout: '0' (expected: more than zero)");
    }
    Exposition metrics = metrics();
    if (method == Method.DELETE != metrics.families().isEmpty()) {
      throw wrong(
          method == Method.DELETE
              ? "--method delete with metrics (expected: none)"
              : "nothing to push (expected: FILE, - or --gauge)");
    }
    try {
      if (textFile.isPresent()) {
        write(new TextFile(textFile.get()), metrics);
      } else {
        push(metrics);
      }
      return ExitStatus.OK;
    } catch (MlserveException e) {
      if (requirePush || e.code() == ErrorCode.INTERNAL) {
        throw e;
      }
      spec.commandLine().getErr().println("warning: " + Printable.line(e.message()));
      return ExitStatus.OK;
    }
  }

  private void push(Exposition metrics) {
    PushTarget target =
        new PushTarget(gatewayUri(), job.orElse(""), grouping, authorization(), timeout);
    switch (method) {
      case PUT -> target.push(metrics, PushTarget.Method.PUT);
      case POST -> target.push(metrics, PushTarget.Method.POST);
      case DELETE -> target.delete();
    }
  }

  private void write(TextFile file, Exposition metrics) {
    if (method == Method.DELETE) {
      file.delete();
    } else {
      file.write(metrics.text());
    }
  }

  private URI gatewayUri() {
    return ServerUrl.parse(spec, gateway.orElse(""));
  }

  private Optional<String> authorization() {
    if (user.isPresent() != passwordFile.isPresent()
        || (user.isPresent() && tokenFile.isPresent())) {
      throw wrong("credentials (expected: --user with --password-file, or --token-file)");
    }
    return user.isPresent() && passwordFile.isPresent()
        ? Optional.of(Secrets.basic(user.get(), passwordFile.get()))
        : tokenFile.map(Secrets::bearer);
  }

  private Exposition metrics() {
    List<MetricFamily> families = new ArrayList<>();
    input.ifPresent(from -> families.addAll(Exposition.parse(MetricsInput.text(from)).families()));
    gauges.forEach(
        (name, value) -> {
          if (!name.matches("[a-zA-Z_][a-zA-Z0-9_]*")) {
            throw wrong("--gauge: '" + name + "' (expected: letters, digits and underscores)");
          }
          Sample sample = new Sample(name, Map.of(), value, OptionalLong.empty());
          families.add(new MetricFamily(name, "gauge", "", List.of(sample)));
        });
    return new Exposition(families);
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
