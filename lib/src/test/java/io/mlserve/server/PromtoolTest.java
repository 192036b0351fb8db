package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlserve.error.ErrorCode;
import io.mlserve.metrics.LifeMetrics;
import io.mlserve.metrics.Protocol;
import io.mlserve.metrics.Selector;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.model.ModelName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus itself thinks of our metrics; needs Debian's package prometheus. */
class PromtoolTest {
  @TempDir private Path folder;

  private static boolean isInstalled() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool")));
  }

  @Test
  void promtoolFindsNothingToMend() throws IOException, InterruptedException {
    assumeTrue(isInstalled(), "promtool is not installed");
    ServingMetrics metrics = new ServingMetrics();
    metrics.register(new ProcessMetrics());
    metrics.concurrencyLimit(() -> 10);
    metrics.info("mlserve_build_info", "What it is.", new TreeMap<>(Map.of("version", "1")));
    ModelName model = new ModelName("m");
    metrics.introduce(model);
    metrics.life().state(model, 1, "AVAILABLE");
    metrics.life().loaded(model, 1, false, new LifeMetrics.Loaded(Duration.ofMillis(5), 9, "d"));
    metrics.life().configured(true);
    VersionCounters counters = metrics.introduce(model, 1);
    counters.entered(Selector.DEFAULT);
    counters.executed(1, 1, 100);
    counters.answered(Protocol.TFS_REST, Selector.DEFAULT, 100);
    counters.failed(Protocol.TFS_REST, Selector.LABEL, ErrorCode.INTERNAL, 100);

    Path scrape = folder.resolve("scrape");
    Files.writeString(scrape, metrics.expose(Optional.empty()).text());
    Path said = folder.resolve("said");
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(scrape.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();

    assertThat(promtool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(said, StandardCharsets.UTF_8)).isEmpty();
    assertThat(promtool.exitValue()).isZero();
  }
}
