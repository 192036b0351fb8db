package io.mlserve.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.version.VersionPlan.Situation;
import io.mlserve.version.VersionPlan.Step;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VersionPlanTest {
  private static Optional<Step> next(
      Set<Long> wanted, Set<Long> substitutes, Set<Long> loaded, Set<Long> due) {
    return VersionPlan.next(new Situation(wanted, substitutes, loaded, due, Set.of()));
  }

  private static Optional<Step> load(long version) {
    return Optional.of(new Step.Load(version));
  }

  private static Optional<Step> unload(long version) {
    return Optional.of(new Step.Unload(version));
  }

  @Test
  void newestWantedVersionIsLoadedFirst() {
    assertThat(next(Set.of(1L, 2L, 3L), Set.of(), Set.of(), Set.of(1L, 2L, 3L))).isEqualTo(load(3));
    assertThat(next(Set.of(1L, 2L, 3L), Set.of(), Set.of(3L), Set.of(1L, 2L))).isEqualTo(load(2));
  }

  @Test
  void newVersionIsLoadedBeforeTheOldOneGoes() {
    assertThat(next(Set.of(2L), Set.of(), Set.of(1L), Set.of(2L))).isEqualTo(load(2));
    assertThat(next(Set.of(2L), Set.of(), Set.of(1L, 2L), Set.of())).isEqualTo(unload(1));
    assertThat(next(Set.of(2L), Set.of(), Set.of(2L), Set.of())).isEmpty();
  }

  @Test
  void lastVersionThatAnswersStaysWhileNoWantedOneCanBeLoaded() {
    assertThat(next(Set.of(2L), Set.of(1L, 2L), Set.of(1L), Set.of())).isEmpty();
    assertThat(next(Set.of(), Set.of(), Set.of(1L), Set.of())).isEmpty();
  }

  @Test
  void loadedVersionWhoseFilesChangedIsLoadedAgain() {
    assertThat(next(Set.of(2L), Set.of(), Set.of(2L), Set.of(2L))).isEqualTo(load(2));
  }

  @Test
  void substituteIsLoadedOnlyWhileNothingIs() {
    assertThat(next(Set.of(3L), Set.of(1L, 2L, 3L), Set.of(), Set.of(1L, 2L))).isEqualTo(load(2));
    assertThat(next(Set.of(3L), Set.of(1L, 2L, 3L), Set.of(2L), Set.of(1L))).isEmpty();
    assertThat(next(Set.of(3L), Set.of(), Set.of(), Set.of(1L, 2L))).isEmpty();
  }

  @Test
  void dismissedVersionGoesEvenIfItIsTheLast() {
    assertThat(
            VersionPlan.next(new Situation(Set.of(), Set.of(), Set.of(1L), Set.of(), Set.of(1L))))
        .isEqualTo(unload(1));
    // but not before another that is wanted is there
    assertThat(
            VersionPlan.next(
                new Situation(Set.of(1L), Set.of(), Set.of(2L), Set.of(1L), Set.of(2L))))
        .isEqualTo(load(1));
  }

  /** Whatever is wanted and whatever fails: a version answers at every moment, and it ends. */
  @Test
  void somethingAnswersAtEveryMoment() {
    Random random = new Random(42);
    for (int round = 0; round < 20_000; round++) {
      Set<Long> listed = some(random, 8);
      Set<Long> wanted = new TreeSet<>(some(random, 8));
      wanted.retainAll(listed);
      Set<Long> loaded = some(random, 8);
      Set<Long> broken = some(random, 8);
      Set<Long> due = new TreeSet<>(listed);
      due.removeAll(loaded);
      boolean answered = !loaded.isEmpty();
      int steps = 0;
      Optional<Step> step = VersionPlan.next(new Situation(wanted, listed, loaded, due, Set.of()));
      while (step.isPresent()) {
        long version = step.get().version();
        if (step.get() instanceof Step.Load) {
          due.remove(version);
          if (!broken.contains(version)) {
            loaded.add(version);
          }
        } else {
          loaded.remove(version);
        }
        answered |= !loaded.isEmpty();
        assertThat(!answered || !loaded.isEmpty()).as("round %d", round).isTrue();
        assertThat(++steps).isLessThan(30);
        step = VersionPlan.next(new Situation(wanted, listed, loaded, due, Set.of()));
      }
      Set<Long> good = new HashSet<>(wanted);
      good.removeAll(broken);
      assertThat(loaded).as("round %d", round).containsAll(good);
    }
  }

  private static Set<Long> some(Random random, int most) {
    Set<Long> some = new TreeSet<>();
    for (long version = 1; version <= most; version++) {
      if (random.nextBoolean()) {
        some.add(version);
      }
    }
    return some;
  }
}
