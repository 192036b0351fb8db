package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DueTimesTest {
  private static final int MANY = 100_000;

  @Test
  void poissonGapsHaveMeanAndVarianceOfTheExponentialDistribution() {
    double rate = 400;
    long[] times = times(open(rate, new Arrival.Poisson(), 42), 0, MANY);
    double[] gaps = new double[MANY];
    for (int i = 0; i < MANY; i++) {
      gaps[i] = (times[i] - (i == 0 ? 0 : times[i - 1])) / 1e9;
    }
    double mean = Arrays.stream(gaps).average().orElseThrow();
    double variance =
        Arrays.stream(gaps).map(gap -> (gap - mean) * (gap - mean)).sum() / (MANY - 1);

    // three standard deviations of the mean, and of the variance, of n exponential gaps
    assertThat(mean).isCloseTo(1 / rate, within(3 / rate / Math.sqrt(MANY)));
    assertThat(variance)
        .isCloseTo(1 / (rate * rate), within(3 * Math.sqrt(8.0 / MANY) / (rate * rate)));
  }

  @Test
  void sameSeedGivesTheSameScheduleToTheNanosecond() {
    long[] first = times(open(1000, new Arrival.Poisson(), 7), 0, 1000);

    assertThat(times(open(1000, new Arrival.Poisson(), 7), 0, 1000)).isEqualTo(first);
    assertThat(times(open(1000, new Arrival.Poisson(), 8), 0, 1000)).isNotEqualTo(first);
    // what a seed means must not change from one version of mlserve to the next
    assertThat(first).startsWith(494_017, 510_948, 2_821_169);
  }

  @Test
  void constantGapsAreEqual() {
    assertThat(times(open(1000, new Arrival.Constant(), 1), 0, 4))
        .containsExactly(0, 1_000_000, 2_000_000, 3_000_000);
  }

  @Test
  void burstsComeTogether() {
    Arrival burst = new Arrival.Burst(3, Duration.ofMillis(500));

    assertThat(times(open(0, burst, 1), 0, 7))
        .containsExactly(0, 0, 0, 500_000_000, 500_000_000, 500_000_000, 1_000_000_000);
  }

  @Test
  void replayBeginsAnewAndIsScaledToTheRate() {
    Arrival replay = Arrival.Replay.parse("f", "# seconds\n0\n0.1\n0.4\n");

    assertThat(times(open(0, replay, 1), 0, 5))
        .containsExactly(0, 100_000_000, 400_000_000, 600_000_000, 700_000_000);
    assertThat(times(open(10, replay, 1), 0, 3)).containsExactly(0, 50_000_000, 200_000_000);
    assertThatThrownBy(() -> Arrival.Replay.parse("f", "1\n0.5\n"))
        .hasMessageContaining("f: time 2 lies before the one before it");
  }

  @Test
  void rampHasHalfOfTheRequestsAndThenTheWholeRate() {
    long[] times = times(open(1000, new Arrival.Constant(), 1), 2_000_000_000L, 3000);

    assertThat(LongStream.of(times).filter(t -> t < 2_000_000_000L).count()).isEqualTo(1000);
    assertThat(LongStream.of(times).filter(t -> t < 1_000_000_000L).count()).isBetween(249L, 251L);
    assertThat(times[2999] - times[1999]).isEqualTo(1_000_000_000L);
  }

  private static Schedule.Open open(double rate, Arrival arrival, long seed) {
    return new Schedule.Open(rate, arrival, seed, 1, 1);
  }

  private static long[] times(Schedule.Open schedule, long rampNanos, int count) {
    DueTimes times = new DueTimes(schedule, rampNanos);
    return LongStream.generate(times::next).limit(count).toArray();
  }
}
