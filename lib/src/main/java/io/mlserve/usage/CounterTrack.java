package io.mlserve.usage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One counter of one server, seen now and then, as what it grew by. A counter starts at zero when
 * its process starts, and again when its series is made anew; so a first value of a series that was
 * not there before is all growth, and none of it is lost as it would be for {@code rate}.
 *
 * <p>Not thread-safe.
 */
public final class CounterTrack {
  private final List<Growth> growth = new ArrayList<>();
  private @Nullable Look last;

  /**
   * One look at the server.
   *
   * @param process tells this run of the server's process from others, such as its start time;
   *     empty if the server does not say, and then nothing is known to be complete
   * @param value empty if the series was not there
   */
  public record Look(Instant at, OptionalDouble process, OptionalDouble value) {}

  /** Adds a later look; one that is not later is passed over. */
  public void add(Look look) {
    Look before = last;
    if (before == null) {
      last = look; // what was counted before anybody looked has no time
    } else if (look.at().isAfter(before.at())) {
      growth.add(
          new Growth(before.at(), look.at(), grown(before, look), isSameProcess(before, look)));
      last = look;
    }
  }

  private static double grown(Look before, Look look) {
    double value = Math.max(0, look.value().orElse(0));
    double base = before.value().orElse(0);
    boolean otherProcess =
        before.process().isPresent()
            && look.process().isPresent()
            && !before.process().equals(look.process());
    boolean dropped = before.value().isEmpty() || value < base;
    return otherProcess || dropped ? value : value - base;
  }

  private static boolean isSameProcess(Look before, Look look) {
    return before.process().isPresent() && before.process().equals(look.process());
  }

  /** What it grew by, in order of time. */
  public List<Growth> growth() {
    return List.copyOf(growth);
  }
}
