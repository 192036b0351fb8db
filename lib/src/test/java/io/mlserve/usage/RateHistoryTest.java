package io.mlserve.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RateHistoryTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-01-02T00:00:00Z");
  private static final Window DAY = new Window(MIDNIGHT, Duration.ofHours(24));
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final double HOUR = 3600;

  @Test
  void peakIsTheBusiestHourAndNotTheMeanOfTheDay() {
    RateHistory history = of(growth(-600, -595, 7200));

    assertThat(history.peak(DAY, STEP)).isEqualTo(7200 / HOUR, within(1e-9));
    assertThat(history.requests(DAY)).isEqualTo(7200);
  }

  @Test
  void peaksOfServersAtDifferentHoursDoNotAddUp() {
    RateHistory history =
        new RateHistory(List.of(List.of(growth(-600, -595, 100)), List.of(growth(-60, -55, 80))));

    assertThat(history.peak(DAY, STEP)).isEqualTo(100 / HOUR, within(1e-9));
    assertThat(history.requests(DAY)).isEqualTo(180);
  }

  @Test
  void peaksOfServersAtTheSameHourDo() {
    RateHistory history =
        new RateHistory(List.of(List.of(growth(-60, -55, 100)), List.of(growth(-50, -45, 80))));

    assertThat(history.peak(DAY, STEP)).isEqualTo(180 / HOUR, within(1e-9));
  }

  @Test
  void burstAcrossTwoHoursOfTheClockIsOneHour() {
    // 23:30 yesterday's last hour is found although it begins at no full hour
    RateHistory history = of(growth(-95, -90, 50), growth(-85, -80, 50), growth(-45, -40, 50));

    assertThat(history.peak(DAY, STEP)).isEqualTo(150 / HOUR, within(1e-9));
    assertThat(history.peak(DAY, Duration.ofHours(1))).isEqualTo(100 / HOUR, within(1e-9));
  }

  @Test
  void whatCameInALongBlindStretchMayHaveComeInOneHour() {
    RateHistory history = of(growth(-600, -300, 360));

    assertThat(history.peak(DAY, STEP)).isEqualTo(0.1, within(1e-9));
  }

  @Test
  void windowShorterThanAnHourIsItsOwnHour() {
    RateHistory history = of(growth(-20, -15, 60), growth(-5, 0, 60));

    assertThat(history.peak(new Window(MIDNIGHT, Duration.ofMinutes(10)), STEP))
        .isEqualTo(0.1, within(1e-9));
  }

  @Test
  void nothingIsZero() {
    assertThat(of().peak(DAY, STEP)).isZero();
    assertThat(of().requests(DAY)).isZero();
  }

  @Test
  void whatCameBeforeTheWindowIsNotInIt() {
    RateHistory history = of(growth(-25 * 60, -24 * 60, 100));

    assertThat(history.peak(DAY, STEP)).isZero();
    assertThat(history.requests(DAY)).isZero();
  }

  /** One request anywhere in the window makes both numbers more than zero: nothing hides it. */
  @Property
  void singleRequestIsNeverLost(
      @ForAll @IntRange(min = -1440, max = -6) int minute,
      @ForAll @IntRange(min = 1, max = 6) int minutes) {
    RateHistory history = of(growth(minute, minute + minutes, 1));

    assertThat(history.peak(DAY, STEP)).isGreaterThan(0);
    assertThat(history.requests(DAY)).isGreaterThan(0);
  }

  /** The peak is at least the mean and at most all of it in one hour. */
  @Property(tries = 200)
  void peakLiesBetweenTheMeanAndAllInOneHour(
      @ForAll @Size(288) List<@IntRange(min = 0, max = 50) Integer> slots) {
    List<Growth> growth = new ArrayList<>();
    for (int at = 0; at < slots.size(); at++) {
      growth.add(growth(-1440 + at * 5, -1435 + at * 5, slots.get(at)));
    }
    RateHistory history = new RateHistory(List.of(growth));
    double all = slots.stream().mapToInt(Integer::intValue).sum();
    double highest = 0;
    for (int at = 12; at <= slots.size(); at++) {
      double hour = slots.subList(at - 12, at).stream().mapToInt(Integer::intValue).sum();
      highest = Math.max(highest, hour);
    }

    assertThat(history.requests(DAY)).isEqualTo(all, within(1e-6));
    assertThat(history.peak(DAY, STEP)).isEqualTo(highest / HOUR, within(1e-6));
    assertThat(history.peak(DAY, STEP)).isGreaterThanOrEqualTo(all / 24 / HOUR - 1e-9);
  }

  private static RateHistory of(Growth... growth) {
    return new RateHistory(List.of(List.of(growth)));
  }

  private static Growth growth(int fromMinute, int toMinute, double requests) {
    return new Growth(
        MIDNIGHT.plusSeconds(fromMinute * 60L),
        MIDNIGHT.plusSeconds(toMinute * 60L),
        requests,
        true);
  }
}
