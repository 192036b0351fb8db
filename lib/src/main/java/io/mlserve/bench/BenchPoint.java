package io.mlserve.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one load of one run found.
 *
 * @param startedAt when the first request was sent, warm-up included; all other times count from it
 * @param measuredFrom when the warm-up ended, counted from {@code startedAt}
 * @param elapsed from the end of the warm-up to the last answer
 * @param measured requests of the part after the warm-up
 * @param timings of the right answers to measured requests
 * @param windows the measured part, second by second
 * @param events what was done to the server meanwhile, in order of time
 * @param reconnects how often a connection had to be made again
 * @param server what the server counted; empty if it was not asked
 * @param interrupted whether it was ended early; the figures are those of the part that ran
 */
public record BenchPoint(
    Schedule schedule,
    Instant startedAt,
    Duration measuredFrom,
    Duration elapsed,
    Counts warmUp,
    Counts measured,
    Timings timings,
    List<Window> windows,
    List<EventReport> events,
    Answers answers,
    GeneratorHealth generator,
    long reconnects,
    Optional<ServerView> server,
    boolean interrupted) {
  public BenchPoint {
    windows = List.copyOf(windows);
    events = List.copyOf(events);
  }

  /** Which answers came, when expected answers were given. Warm-up included. */
  public record Answers(List<MatchCount> matches, List<AnswerChange> changes) {
    public Answers {
      matches = List.copyOf(matches);
      changes = List.copyOf(changes);
    }
  }

  /** The sum of it all. */
  public enum Outcome {
    /** Every request got its right answer and the figures are the server's. */
    PASS,
    /** A request failed or an answer was wrong. */
    FAIL,
    /** Nothing failed, but the figures cannot be relied on. */
    INCONCLUSIVE,
    /** It was ended early. */
    INTERRUPTED
  }

  /** The percentiles of latency, from the time at which each request was due. */
  public Percentiles latency() {
    return timings.latencyFigures();
  }

  /**
   * The seconds around an event: those that touch the time from {@code before} its beginning to
   * {@code after} its end. Empty when the event lies outside the measured part.
   */
  public Optional<Window> around(EventReport event, Duration before, Duration after) {
    Duration from = event.at().minus(before);
    Duration to = event.at().plus(event.took()).plus(after);
    List<Window> touched =
        windows.stream()
            .filter(window -> window.end().compareTo(from) > 0 && window.start().compareTo(to) < 0)
            .toList();
    return touched.isEmpty() ? Optional.empty() : Optional.of(Window.sum(touched));
  }

  /**
   * Processor time of the load generator a second: 0.5 is half a core; 0 if it was not measured.
   */
  public double generatorCores() {
    double seconds = measuredFrom.plus(elapsed).toNanos() / 1e9;
    return seconds <= 0 ? 0 : generator.cpu().toNanos() / 1e9 / seconds;
  }

  /** Right answers a second; 0 when nothing was measured. */
  public double ratePerSecond() {
    double seconds = elapsed.toNanos() / 1e9;
    return seconds <= 0 ? 0 : measured.ok() / seconds;
  }

  /** Failures count wherever they happen, in the warm-up too. */
  public Outcome outcome() {
    if (interrupted) {
      return Outcome.INTERRUPTED;
    }
    if (warmUp.failed() + measured.failed() > 0) {
      return Outcome.FAIL;
    }
    return measured.ok() > 0 && generator.keptUp() ? Outcome.PASS : Outcome.INCONCLUSIVE;
  }

  /** Why the outcome is not {@link Outcome#PASS}: one line each. */
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    if (interrupted) {
      reasons.add("interrupted: these are the figures of the part that ran");
    }
    if (measured.failed() > 0) {
      reasons.add("%d of %d requests failed".formatted(measured.failed(), measured.sent()));
    }
    if (warmUp.failed() > 0) {
      reasons.add(
          "%d of %d requests of the warm-up failed".formatted(warmUp.failed(), warmUp.sent()));
    }
    if (measured.ok() == 0) {
      reasons.add("no right answer was measured");
    }
    if (!generator.keptUp()) {
      reasons.add("the load generator could not keep up: figures may be its own");
    }
    return reasons;
  }
}
