package io.mlserve.bench;

/**
 * The answers that one expectation matched, warm-up included. Times are nanoseconds from the start
 * of the run; "first" and "last" go by the same clock whatever the connection.
 */
public record MatchCount(
    String name,
    long count,
    long firstSentNanos,
    long firstAnswerNanos,
    long lastSentNanos,
    long lastAnswerNanos) {
  static MatchCount none(String name) {
    return new MatchCount(name, 0, Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);
  }

  MatchCount plus(MatchCount other) {
    return new MatchCount(
        name,
        count + other.count,
        Math.min(firstSentNanos, other.firstSentNanos),
        Math.min(firstAnswerNanos, other.firstAnswerNanos),
        Math.max(lastSentNanos, other.lastSentNanos),
        Math.max(lastAnswerNanos, other.lastAnswerNanos));
  }
}
