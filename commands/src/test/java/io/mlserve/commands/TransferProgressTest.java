package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TransferProgressTest {
  private static final OptionalLong TOTAL = OptionalLong.of(300_000_000);

  private final StringWriter err = new StringWriter();
  private long nanos;

  private TransferProgress progress(TransferProgress.Mode mode) {
    return new TransferProgress(new PrintWriter(err, true), "model.tar.gz", mode, 80, () -> nanos);
  }

  private void seconds(double more) {
    nanos += (long) (more * 1e9);
  }

  @Test
  void lineShowsShareRateAndTimeToGo() {
    assertThat(new TransferLine("m.onnx", 150_000_000, TOTAL, 10_000_000).text(80))
        .isEqualTo(
            "m.onnx [============>           ] 50% 150.0 MB of 300.0 MB  10.0 MB/s  ETA 0:15");
  }

  @Test
  void lineFitsAnyWidth() {
    for (int width = 1; width < 200; width++) {
      assertThat(new TransferLine("a".repeat(300), 150_000_000, TOTAL, 10).text(width))
          .hasSizeLessThanOrEqualTo(width);
    }
  }

  @Test
  void withoutATotalThereIsNoBar() {
    assertThat(new TransferLine("m", 1_500, OptionalLong.empty(), 0).text(80))
        .isEqualTo("m 1.5 kB");
  }

  @Test
  void movingLineIsDrawnTenTimesASecondAndEnded() {
    try (TransferProgress progress = progress(TransferProgress.Mode.MOVING)) {
      for (int i = 0; i < 1_000; i++) {
        progress.at(i * 1_000L, TOTAL);
        seconds(0.001);
      }
    }
    assertThat(err.toString().split("\r", -1)).hasSizeBetween(9, 12);
    assertThat(err.toString()).endsWith("\n").doesNotContain("\n\r");
  }

  @Test
  void logGetsOneLineInThirtySeconds() {
    try (TransferProgress progress = progress(TransferProgress.Mode.STANDING)) {
      for (int i = 0; i <= 65; i++) {
        progress.at(i * 1_000_000L, TOTAL);
        seconds(1);
      }
    }
    assertThat(err.toString().lines()).hasSize(2);
    assertThat(err.toString()).contains("1.0 MB/s").doesNotContain("\r").doesNotContain("\033");
  }

  @Test
  void quickTransferLeavesTheLogEmpty() {
    try (TransferProgress progress = progress(TransferProgress.Mode.STANDING)) {
      progress.at(0, TOTAL);
      seconds(5);
      progress.at(300_000_000, TOTAL);
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatAnEarlierRunLeftIsNotSpeed() {
    TransferProgress progress = progress(TransferProgress.Mode.MOVING);
    progress.at(200_000_000, TOTAL);
    seconds(1);
    progress.at(201_000_000, TOTAL);
    assertThat(err.toString()).contains("1.0 MB/s").contains("ETA 1:39");
  }

  @Test
  void widthComesFromColumns() {
    assertThat(TransferProgress.width(Map.of("COLUMNS", "132"))).isEqualTo(132);
    assertThat(TransferProgress.width(Map.of("COLUMNS", "-1"))).isEqualTo(80);
    assertThat(TransferProgress.width(Map.of())).isEqualTo(80);
  }
}
