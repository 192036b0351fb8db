package io.mlserve.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run found.
 *
 * @param startedAt when the first request was sent, warm-up included; all other times count from it
 * @param elapsed from the end of the warm-up to the last answer
 * @param latency of right answers to measured requests, from the sending of the request to the last
 *     byte of the answer; includes connecting where a connection had to be made
 * @param reconnects how often a connection had to be made again
 * @param interrupted whether it was ended early; the figures are those of the part that ran
 */
public record LoadReport(
    Instant startedAt,
    Duration elapsed,
    Counts warmUp,
    Counts measured,
    Percentiles latency,
    Answers answers,
    GeneratorHealth generator,
    long reconnects,
    boolean interrupted) {
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
