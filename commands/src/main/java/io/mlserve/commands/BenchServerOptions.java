package io.mlserve.commands;

import io.mlserve.bench.Endpoint;
import io.mlserve.bench.Target;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code mlserve bench} asks the server about itself. */
final class BenchServerOptions {
  private static final String AUTO = "auto";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--server-metrics",
      paramLabel = "URL",
      description = {
        "Read the server's metrics before and after, and report what it counted: requests, time in"
            + " queue, time of the model, mean batch. 'auto' is /metrics of an HTTP target."
      })
  private Optional<String> metrics = Optional.empty();

  /** Where they are, if they are to be read. */
  Optional<URI> metrics(Target target) {
    if (metrics.isEmpty()) {
      return Optional.empty();
    }
    if (!metrics.get().equals(AUTO)) {
      try {
        URI uri = URI.create(metrics.get());
        if (uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http")) {
          return Optional.of(uri);
        }
      } catch (IllegalArgumentException e) {
        // said below
      }
      throw new ParameterException(
          spec.commandLine(),
          "--server-metrics: '%s' (expected: http://HOST:PORT/metrics or auto)"
              .formatted(metrics.get()));
    }
    if (target.endpoint() instanceof Endpoint.Http http) {
      return Optional.of(http.uri().resolve("/metrics"));
    }
    throw new ParameterException(
        spec.commandLine(),
        "--server-metrics auto with %s (expected: the URL of the metrics)"
            .formatted(target.endpoint().text()));
  }
}
