package io.mlserve.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which expectation an answer matches. It runs on the event loop, between an answer and
 * the next request, so it must be cheap: a body that is byte for byte the one last matched for the
 * same input is not parsed again.
 *
 * <p>Thread-safe: all connections share one.
 */
final class AnswerCheck {
  /** No expectation matches. */
  static final int WRONG = -1;

  private static final int LARGEST_REMEMBERED = 1 << 20;

  private record Remembered(ByteBuf body, int expectation) {}

  private final Expectations expected;
  private final AnswerFormat format;
  private final AtomicReferenceArray<@Nullable Remembered> lastMatched;

  AnswerCheck(Expectations expected, AnswerFormat format, int inputs) {
    this.expected = expected;
    this.format = format;
    this.lastMatched = new AtomicReferenceArray<>(inputs);
  }

  /**
   * The index of the expectation that {@code body} matches, or {@link #WRONG}. When several do, it
   * is {@code likely} if that is among them, else the first.
   *
   * @throws IOException if the body is not what the API would answer
   */
  int match(int input, ByteBuf body, int jsonLength, int likely) throws IOException {
    Remembered last = lastMatched.get(input);
    if (last != null && last.expectation == likely && ByteBufUtil.equals(last.body, body)) {
      return last.expectation;
    }
    int matched = parseAndMatch(input, body, jsonLength, likely);
    if (matched != WRONG && body.readableBytes() <= LARGEST_REMEMBERED) {
      ByteBuf copy = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(body));
      lastMatched.set(input, new Remembered(copy, matched));
    }
    return matched;
  }

  private int parseAndMatch(int input, ByteBuf body, int jsonLength, int likely)
      throws IOException {
    RightAnswer answer = format.read(body, jsonLength);
    if (likely != WRONG && matches(likely, input, answer)) {
      return likely;
    }
    for (int i = 0; i < expected.any().size(); i++) {
      if (matches(i, input, answer)) {
        return i;
      }
    }
    return WRONG;
  }

  private boolean matches(int expectation, int input, RightAnswer answer) {
    return expected
        .any()
        .get(expectation)
        .answers()
        .get(input)
        .agrees(answer, expected.tolerance());
  }
}
