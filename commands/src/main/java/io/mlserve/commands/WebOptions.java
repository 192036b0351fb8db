package io.mlserve.commands;

import io.mlserve.metrics.Scrape;
import io.mlserve.metrics.WebClient;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long and how much a command listens to a server. */
final class WebOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "Longest time for a whole answer (default: 5s).")
  private Duration timeout;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      defaultValue = "64MiB",
      description = "Longest answer to accept (default: 64MiB).")
  private ByteSize maxSize;

  /** Reads metrics. */
  Scrape scrape() {
    return new Scrape(timeout(), maxSize.bytes());
  }

  /** Asks servers, showing them {@code authorization}. */
  WebClient client(Optional<String> authorization) {
    return new WebClient(timeout(), maxSize.bytes(), authorization);
  }

  private Duration timeout() {
    if (timeout.isZero()) {
      throw new ParameterException(spec.commandLine(), "--timeout: '0' (expected: more than zero)");
    }
    return timeout;
  }
}
