package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class GeneratorHealthTest {
  private static final long MILLI = 1_000_000;

  @Test
  void fewLateTicksAreForgiven() {
    assertThat(health(950, MILLI / 10, 50, 40 * MILLI).keptUp()).isTrue();
  }

  @Test
  void manyLateTicksAreNot() {
    GeneratorHealth halting = health(800, MILLI / 10, 200, 40 * MILLI);

    assertThat(halting.keptUp()).isFalse();
    assertThat(halting.late()).isEqualTo(0.2);
    assertThat(halting.lagMaxNanos()).isBetween(40 * MILLI, 41 * MILLI);
  }

  @Test
  void lagThatIsSmallBesideTheLatencyIsForgiven() {
    Histogram lag = new Histogram(3);
    lag.recordValueWithCount(40 * MILLI, 1000);

    assertThat(GeneratorHealth.of(lag, 0.1, 100 * MILLI).keptUp()).isTrue();
    assertThat(GeneratorHealth.of(lag, 0.1, 50 * MILLI).keptUp()).isFalse();
  }

  @Test
  void threadThatNeverRestsIsTheLimit() {
    Histogram lag = new Histogram(3);
    lag.recordValueWithCount(MILLI / 10, 1000);

    assertThat(GeneratorHealth.of(lag, 0.97, MILLI).keptUp()).isFalse();
    assertThat(GeneratorHealth.of(lag, 0.8, MILLI).keptUp()).isTrue();
  }

  private static GeneratorHealth health(long good, long goodLag, long bad, long badLag) {
    Histogram lag = new Histogram(3);
    lag.recordValueWithCount(goodLag, good);
    lag.recordValueWithCount(badLag, bad);
    return GeneratorHealth.of(lag, 0.1, MILLI);
  }
}
