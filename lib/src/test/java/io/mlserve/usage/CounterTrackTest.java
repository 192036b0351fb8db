package io.mlserve.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CounterTrackTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final CounterTrack track = new CounterTrack();

  @Test
  void whatWasCountedBeforeAnybodyLookedIsNoGrowth() {
    look(0, 1, 500);
    look(15, 1, 501);

    assertThat(requests()).containsExactly(1.0);
  }

  @Test
  void exactlyOneRequestBetweenTwoScrapesIsSeenThoughItsSeriesIsNew() {
    absent(0, 1);
    look(15, 1, 1);
    look(30, 1, 1);

    assertThat(requests()).containsExactly(1.0, 0.0);
  }

  @Test
  void restartIsSeenEvenIfTheCounterIsHigherThanBefore() {
    look(0, 1, 5);
    look(15, 2, 9);

    assertThat(track.growth()).containsExactly(new Growth(at(0), at(15), 9, false));
  }

  @Test
  void unloadedAndReloadedVersionCountsFromZeroIfItsSeriesWasDropped() {
    look(0, 1, 7);
    absent(15, 1);
    look(30, 1, 8);

    assertThat(requests()).containsExactly(0.0, 8.0);
  }

  @Test
  void longGapInOneProcessLosesNothing() {
    look(0, 1, 7);
    look(7200, 1, 9);

    assertThat(track.growth()).containsExactly(new Growth(at(0), at(7200), 2, true));
  }

  @Test
  void serverThatDoesNotSayWhenItStartedIsNeverKnownCompletely() {
    track.add(new CounterTrack.Look(at(0), OptionalDouble.empty(), OptionalDouble.of(7)));
    track.add(new CounterTrack.Look(at(15), OptionalDouble.empty(), OptionalDouble.of(9)));

    assertThat(track.growth()).containsExactly(new Growth(at(0), at(15), 2, false));
  }

  @Test
  void lookThatIsNotLaterIsPassedOver() {
    look(15, 1, 7);
    look(15, 1, 8);
    look(0, 1, 1);

    assertThat(track.growth()).isEmpty();
  }

  /**
   * Whatever restarts and scrapes do: no more is seen than came, and all of it without restarts.
   */
  @Property(tries = 300)
  void neverMoreThanCameAndAllOfItWithoutRestarts(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 20) int restartsPerHundred) {
    Random random = new Random(seed);
    CounterTrack seen = new CounterTrack();
    double counter = 0;
    double process = 1;
    double came = 0;
    boolean restarted = false;
    List<Double> lost = new ArrayList<>();
    double sinceLook = 0;
    seen.add(new CounterTrack.Look(at(0), OptionalDouble.of(process), OptionalDouble.of(0)));
    for (int second = 1; second <= 500; second++) {
      int requests = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0;
      counter += requests;
      came += requests;
      sinceLook += requests;
      if (random.nextInt(100) < restartsPerHundred) {
        lost.add(sinceLook);
        counter = 0;
        sinceLook = 0;
        process++;
        restarted = true;
      }
      if (random.nextInt(3) == 0 || second == 500) {
        seen.add(
            new CounterTrack.Look(
                at(second), OptionalDouble.of(process), OptionalDouble.of(counter)));
        sinceLook = 0;
      }
    }
    double grown = seen.growth().stream().mapToDouble(Growth::requests).sum();
    double missed = lost.stream().mapToDouble(Double::doubleValue).sum();
    assertThat(grown).isEqualTo(came - missed, within(1e-9));
    assertThat(restarted).isEqualTo(!seen.growth().stream().allMatch(Growth::complete));
  }

  @Test
  void instanceRestartedEveryTenMinutesIsKnownButForTheScrapesAroundTheRestarts() {
    // scraped every 15 s: 1 of 40 intervals is not known completely
    for (int second = 0; second <= 86400; second += 15) {
      look(second, Math.floor(second / 600.0), (second % 600) / 15.0);
    }
    Window day = new Window(at(86400), Duration.ofHours(24));

    assertThat(Coverage.of(track.growth(), day)).isEqualTo(0.975, within(1e-9));
    assertThat(new RateHistory(List.of(track.growth())).requests(day))
        .isEqualTo(24 * 6 * 39, within(1.0));
  }

  private void look(int second, double process, double value) {
    track.add(
        new CounterTrack.Look(at(second), OptionalDouble.of(process), OptionalDouble.of(value)));
  }

  private void absent(int second, double process) {
    track.add(
        new CounterTrack.Look(at(second), OptionalDouble.of(process), OptionalDouble.empty()));
  }

  private List<Double> requests() {
    return track.growth().stream().map(Growth::requests).toList();
  }

  private static Instant at(int second) {
    return NOON.plusSeconds(second);
  }
}
