package io.mlserve.bench;

import io.mlserve.bench.RightAnswer.Tensors;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Says whether an answer is right, and remembers which of several right ones came. Shared by all
 * event loops; what they remember is their own.
 */
final class Judge {
  private static final int OK = 200;
  private static final int REDIRECTED = 300;
  private static final int LONGEST_EXAMPLE = 300;

  private final Expectations expected;
  private final AnswerFormat format;
  private final AnswerCheck check;
  private final AnswerLog answers;

  Judge(Expectations expected, AnswerFormat format, int requests, AnswerLog answers) {
    this.expected = expected;
    this.format = format;
    this.check = new AnswerCheck(expected, format, requests);
    this.answers = answers;
  }

  /** The expectation that an answer matched, or why it is wrong. */
  record Verdict(int match, Optional<Failure> failure) {
    static final Verdict RIGHT = new Verdict(AnswerCheck.WRONG, Optional.empty());

    static Verdict wrong(Failure failure) {
      return new Verdict(AnswerCheck.WRONG, Optional.of(failure));
    }
  }

  /**
   * Judges one answer.
   *
   * @param likely the expectation that the last answer matched
   */
  Verdict judge(int request, int status, ByteBuf body, int jsonLength, int likely) {
    if (status < OK || status >= REDIRECTED) {
      return Verdict.wrong(Failure.status(status, excerpt(body)));
    }
    if (expected.isEmpty()) {
      return format.looksRight(body)
          ? Verdict.RIGHT
          : Verdict.wrong(
              Failure.of(Failure.Kind.MALFORMED, "not what the API says: " + excerpt(body)));
    }
    try {
      int match = check.match(request, body, jsonLength, likely);
      return match == AnswerCheck.WRONG
          ? Verdict.wrong(
              Failure.of(
                  Failure.Kind.WRONG_ANSWER,
                  "to input %d: %s".formatted(request + 1, excerpt(body, jsonLength))))
          : new Verdict(match, Optional.empty());
    } catch (IOException e) {
      return Verdict.wrong(
          Failure.of(Failure.Kind.MALFORMED, e.getMessage() + ": " + excerpt(body)));
    }
  }

  /** An answer matched; times count from the start of the run. */
  void matched(int expectation, long sentNanos, long answeredNanos) {
    answers.matched(expectation, sentNanos, answeredNanos);
  }

  // Bytes that are a message or tensors would say nothing to a reader; their elements do.
  private String excerpt(ByteBuf body, int jsonLength) throws IOException {
    if (AnswerFormat.isObject(body) || !(format.read(body, jsonLength) instanceof Tensors answer)) {
      return excerpt(body);
    }
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, TensorValues> output : answer.values().entrySet()) {
      text.append(output.getKey()).append(' ').append(output.getValue().excerpt()).append(' ');
    }
    String line = text.toString().replaceAll("[\\s\\p{Cc}]+", " ").strip();
    return line.length() > LONGEST_EXAMPLE ? line.substring(0, LONGEST_EXAMPLE) + "..." : line;
  }

  // Printed on terminals: no control character of the server's may get there.
  private static String excerpt(ByteBuf body) {
    int length = Math.min(body.readableBytes(), LONGEST_EXAMPLE);
    String text = body.toString(body.readerIndex(), length, StandardCharsets.UTF_8);
    String line = text.replaceAll("[\\s\\p{Cc}]+", " ").strip();
    return length < body.readableBytes() ? line + "..." : line;
  }
}
