package io.mlserve.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchSizingTest {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final int[] SIZES = {1, 2, 4, 8, 16, 32, 64};

  private static BatchSizing sizing() {
    return new BatchSizing(BatchOptions.defaults(), true, true);
  }

  private static BatchSizing measured(BatchSizing sizing, long perRun, long perRow) {
    long[] nanos = new long[SIZES.length];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = perRun + perRow * SIZES[i];
    }
    sizing.calibrate(SIZES, nanos);
    return sizing;
  }

  private static BatchSizing within(Duration objective, long perRun, long perRow) {
    BatchOptions options = new BatchOptions(64, Duration.ZERO, List.of(), Optional.of(objective));
    return measured(new BatchSizing(options, true, true), perRun, perRow);
  }

  @Test
  void whatIsNotMeasuredRunsBesideTheEventLoops() {
    assertThat(sizing().decision().onLoop()).isFalse();
  }

  @Test
  void aFastModelRunsOnTheLoopInFullBatches() {
    BatchSizing.Decision decision = measured(sizing(), 100 * MICRO, 2 * MICRO).decision();
    assertThat(decision).isEqualTo(new BatchSizing.Decision(true, 64, 64));
  }

  @Test
  void aBatchOnTheLoopIsNoLongerThanTheLoopMayBeHeld() {
    BatchSizing.Decision decision = measured(sizing(), 200 * MICRO, 100 * MICRO).decision();
    assertThat(decision.onLoop()).isTrue();
    assertThat(decision.loopRows()).isEqualTo(13);
    assertThat(decision.poolRows()).isEqualTo(64);
  }

  @Test
  void whereRowsGainNothingTogetherTheyRunAlone() {
    BatchSizing.Decision decision = measured(sizing(), 0, 200 * MICRO).decision();
    assertThat(decision).isEqualTo(new BatchSizing.Decision(true, 1, 1));
  }

  @Test
  void whereTheGainEndsTheBatchEnds() {
    long[] nanos = {100, 110, 130, 160, 320, 640, 1280}; // in microseconds
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] *= MICRO;
    }
    BatchSizing sizing = sizing();
    sizing.calibrate(SIZES, nanos);
    assertThat(sizing.decision().poolRows()).isEqualTo(8);
  }

  @Test
  void aSlowModelRunsBesideTheEventLoops() {
    assertThat(measured(sizing(), 0, 5 * MILLI).decision().onLoop()).isFalse();
  }

  @Test
  void aModelOfUnboundedTimeNeverRunsOnALoop() {
    BatchSizing sizing = measured(new BatchSizing(BatchOptions.defaults(), false, true), 10, 10);
    assertThat(sizing.decision().onLoop()).isFalse();
    sizing.observe(1, 10);
    assertThat(sizing.decision().onLoop()).isFalse();
  }

  @Test
  void aModelThatBecomesSlowLeavesTheLoopAndReturnsOnlyWhenClearlyFast() {
    BatchSizing sizing = measured(sizing(), 0, 100 * MICRO);
    observe(sizing, 200, 3 * MILLI);
    assertThat(sizing.decision().onLoop()).isFalse();
    observe(sizing, 400, 800 * MICRO); // below the limit, but not clearly
    assertThat(sizing.decision().onLoop()).isFalse();
    observe(sizing, 400, 300 * MICRO);
    assertThat(sizing.decision().onLoop()).isTrue();
  }

  private static void observe(BatchSizing sizing, int runs, long nanos) {
    for (int i = 0; i < runs; i++) {
      sizing.observe(1, nanos);
    }
  }

  @Test
  void oneLongRunDoesNotMoveAModel() {
    BatchSizing sizing = measured(sizing(), 0, 100 * MICRO);
    observe(sizing, 100, 100 * MICRO);
    sizing.observe(1, 500 * MILLI);
    assertThat(sizing.decision().onLoop()).isTrue();
  }

  @Test
  void withoutBatchingEachRunsAlone() {
    BatchSizing sizing = measured(new BatchSizing(BatchOptions.defaults(), true, false), 30, 10);
    assertThat(sizing.decision()).isEqualTo(new BatchSizing.Decision(true, 1, 1));
  }

  @Test
  void anObjectiveBoundsTheBatch() {
    // 5 ms and 1 ms a row: half of 50 ms is 20 rows
    BatchSizing sizing = within(Duration.ofMillis(50), 5 * MILLI, MILLI);
    assertThat(sizing.decision().poolRows()).isEqualTo(20);
  }

  @Test
  void whatCannotKeepTheObjectiveIsRefused() {
    BatchSizing sizing = within(Duration.ofMillis(50), 0, 5 * MILLI); // no gain: batches of one
    assertThat(sizing.lateness(0, 0, 2, 0)).isEmpty();
    assertThat(sizing.lateness(15, 2, 2, 0)).isEmpty(); // 2.5 + 37.5 + 5
    assertThat(sizing.lateness(20, 2, 2, 0)).hasValue(7_500_000); // 2.5 + 50 + 5
    assertThat(sizing.lateness(15, 2, 2, 10 * MILLI)).isPresent(); // it is old already
  }

  @Test
  void withoutAnObjectiveNothingIsRefused() {
    assertThat(measured(sizing(), 0, 5 * MILLI).lateness(100_000, 2, 2, 0)).isEmpty();
  }

  @Test
  void sizesAreFilledUp() {
    BatchOptions options = new BatchOptions(8, Duration.ZERO, List.of(1, 4, 8), Optional.empty());
    assertThat(List.of(1, 2, 4, 5, 8, 9).stream().map(options::filled))
        .containsExactly(1, 4, 4, 8, 8, 9);
  }
}
