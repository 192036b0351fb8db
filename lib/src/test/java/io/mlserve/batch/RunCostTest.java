package io.mlserve.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunCostTest {
  private final RunCost cost = new RunCost();

  @Test
  void nothingIsKnownAtFirst() {
    assertThat(cost.isKnown()).isFalse();
    assertThat(cost.nanos(8)).isZero();
  }

  @Test
  void runsOfOneSizeSayWhatARowCosts() {
    cost.observe(4, 400);
    cost.observe(4, 400);
    assertThat(cost.nanos(1)).isEqualTo(100);
    assertThat(cost.nanos(8)).isEqualTo(800);
  }

  @Test
  void aLineIsFoundThroughNoise() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 500; i++) {
      int rows = 1 + random.nextInt(32);
      cost.observe(rows, Math.round((20_000 + 3_000 * rows) * random.nextDouble(0.9, 1.1)));
    }
    assertThat(cost.perRow()).isCloseTo(3_000, within(300.0));
    assertThat(cost.nanos(16)).isCloseTo(68_000, within(4_000.0));
  }

  @Test
  void oneRunThatLostTheCoreDoesNotCount() {
    for (int i = 0; i < 100; i++) {
      cost.observe(1, 1_000);
    }
    cost.observe(1, 20_000_000);
    assertThat(cost.nanos(1)).isCloseTo(1_000, within(1.0));
  }

  @Test
  void aModelThatBecameSlowIsSeenSoon() {
    for (int i = 0; i < 1000; i++) {
      cost.observe(1, 1_000);
    }
    for (int i = 0; i < 70; i++) {
      cost.observe(1, 1_000_000);
    }
    assertThat(cost.nanos(1)).isGreaterThan(500_000);
  }

  @Test
  void nothingIsEverNegative() {
    cost.observe(1, 1_000);
    cost.observe(32, 900); // more rows, less time: noise
    for (int rows = 1; rows <= 64; rows *= 2) {
      assertThat(cost.nanos(rows)).isNotNegative();
    }
    assertThat(cost.perRow()).isNotNegative();
    assertThat(cost.perRun()).isNotNegative();
  }
}
