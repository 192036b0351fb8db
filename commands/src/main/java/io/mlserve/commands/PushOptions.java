package io.mlserve.commands;

import io.mlserve.error.MlserveException;
import io.mlserve.metrics.JobResult;
import io.mlserve.metrics.PushTarget;
import io.mlserve.metrics.TextFile;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a job's results go, for Prometheus to find them. */
final class PushOptions {
  private static final Logger log = LoggerFactory.getLogger(PushOptions.class);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--push-gateway",
      paramLabel = "URL",
      description = "Push how it went to a Pushgateway; it keeps that until it is deleted.")
  private Optional<String> gateway;

  @Option(
      names = "--push-grouping",
      paramLabel = "KEY=VALUE",
      description =
          "Labels of the group at the gateway, besides job (default: instance=HOST, and the model).")
  private Map<String, String> grouping = new LinkedHashMap<>();

  @Option(
      names = "--push-user",
      paramLabel = "USER",
      description = "User at the gateway, with --push-password-file.")
  private Optional<String> user;

  @Option(
      names = "--push-password-file",
      paramLabel = "FILE",
      description = "Password at the gateway, in a file.")
  private Optional<Path> passwordFile;

  @Option(
      names = "--push-token-file",
      paramLabel = "FILE",
      description = "Show the token in FILE to the gateway.")
  private Optional<Path> tokenFile;

  @Option(
      names = "--push-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "Longest time for a push (default: 5s).")
  private Duration timeout;

  @Option(
      names = "--textfile",
      paramLabel = "FILE.prom",
      description = "Write how it went to FILE, for the node exporter's textfile collector.")
  private Optional<Path> textFile;

  @Option(
      names = "--require-push",
      description = "Fail when that cannot be pushed or written; otherwise it is a warning.")
  private boolean requirePush;

  /** Whether results go anywhere. */
  boolean isWanted() {
    return gateway.isPresent() || textFile.isPresent();
  }

  /** Refuses what can never work, before anything is done. */
  void check() {
    if (requirePush && !isWanted()) {
      throw new ParameterException(
          spec.commandLine(), "--require-push (expected: --push-gateway or --textfile)");
    }
    textFile.ifPresent(TextFile::new);
    gateway.ifPresent(url -> target(url, "check", Map.of()));
  }

  /**
   * Tells how a run went. A failure to tell is a warning, and an exception only if the user
   * insists.
   */
  void tell(JobResult result) {
    gateway.ifPresent(
        url ->
            attempt(
                () ->
                    target(url, "mlserve_" + result.job(), result.labels())
                        .push(result.metrics(Optional.empty()), PushTarget.Method.POST)));
    textFile.ifPresent(file -> attempt(() -> write(new TextFile(file), result)));
  }

  private static void write(TextFile file, JobResult result) {
    file.write(result.metrics(file.read()).text());
  }

  private void attempt(Runnable step) {
    try {
      step.run();
    } catch (MlserveException e) {
      if (requirePush) {
        throw e;
      }
      log.warn("push.failed {}", e.message());
    }
  }

  private PushTarget target(String url, String job, Map<String, String> labels) {
    URI uri = ServerUrl.parse(spec, url);
    if (timeout.isZero()) {
      throw new ParameterException(
          spec.commandLine(), "--push-timeout: '0' (expected: more than zero)");
    }
    Map<String, String> group = new LinkedHashMap<>(labels);
    group.put("instance", hostName());
    return new PushTarget(
        uri, job, grouping.isEmpty() ? group : grouping, authorization(), timeout);
  }

  private Optional<String> authorization() {
    if (user.isPresent() != passwordFile.isPresent()
        || (user.isPresent() && tokenFile.isPresent())) {
      throw new ParameterException(
          spec.commandLine(),
          "credentials (expected: --push-user with --push-password-file, or --push-token-file)");
    }
    return user.isPresent() && passwordFile.isPresent()
        ? Optional.of(Secrets.basic(user.get(), passwordFile.get()))
        : tokenFile.map(Secrets::bearer);
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a machine that cannot find its own name
    }
  }
}
