package io.mlserve.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a closed loop: takes a ticket, sends, checks the answer, takes the next.
 *
 * <p>Lives on its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what runs later reports to the run itself
final class Worker implements HttpConnection.Listener {
  private static final int OK = 200;
  private static final int LONGEST_EXAMPLE = 300;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What the workers of a run share. */
  record Shared(
      long startNanos,
      Tickets tickets,
      List<ByteBuf> requests,
      AnswerCheck check,
      AnswerLog answers,
      Progress progress,
      CountDownLatch running,
      AtomicReference<@Nullable RuntimeException> bug) {}

  private final EventLoop loop;
  private final Shared shared;
  private final ConnectionRecorder recorder;
  private final boolean checks;
  private final HttpConnection connection;

  private boolean ended;
  private boolean measured;
  private int input;
  private long sentAt;
  private int likely = AnswerCheck.WRONG;
  private int brokenInARow;

  Worker(Transport transport, EventLoop loop, LoadPlan plan, Shared shared) {
    this.loop = loop;
    this.shared = shared;
    this.recorder = new ConnectionRecorder(plan.expected().any());
    this.checks = !plan.expected().isEmpty();
    this.connection = new HttpConnection(transport, loop, plan.timeout(), this);
  }

  void start() {
    loop.execute(() -> guard(this::next));
  }

  /** Ends at once, without waiting for an answer under way. */
  void abandon() {
    loop.execute(this::end);
  }

  /** To be read when the worker has ended. */
  ConnectionRecorder recorder() {
    return recorder;
  }

  /** How often the connection had to be made again. */
  long reconnects() {
    return Math.max(0, connection.connects() - 1);
  }

  private void next() {
    if (ended) {
      return;
    }
    long now = System.nanoTime();
    long ticket = shared.tickets.take(now);
    if (ticket == Tickets.NONE) {
      end();
      return;
    }
    measured = shared.tickets.isMeasured(now);
    input = (int) (ticket % shared.requests.size());
    sentAt = now;
    recorder.sent(measured);
    connection.send(shared.requests.get(input));
  }

  @Override
  public void answered(int status, ByteBuf body, long atNanos) {
    guard(
        () -> {
          judge(status, body, atNanos);
          next();
        });
  }

  private void judge(int status, ByteBuf body, long atNanos) {
    brokenInARow = 0;
    if (status != OK) {
      failed(atNanos, Failure.status(status, excerpt(body)));
    } else if (checks) {
      check(body, atNanos);
    } else if (looksLikeAnObject(body)) {
      ok(atNanos);
    } else {
      failed(atNanos, Failure.of(Failure.Kind.MALFORMED, "not a JSON object: " + excerpt(body)));
    }
  }

  @Override
  public void failed(Failure failure) {
    failed(System.nanoTime(), failure);
    // At once after a first failure: many servers end a connection now and then. After that the
    // server is given time, and this thread too.
    brokenInARow++;
    if (brokenInARow == 1 && failure.kind() != Failure.Kind.CONNECT) {
      loop.execute(() -> guard(this::next));
    } else {
      long pause = FIRST_PAUSE_NANOS << Math.min(brokenInARow - 1, 10);
      loop.schedule(
          () -> guard(this::next), Math.min(pause, LONGEST_PAUSE_NANOS), TimeUnit.NANOSECONDS);
    }
  }

  private void check(ByteBuf body, long atNanos) {
    int match;
    try {
      match = shared.check.match(input, body, likely);
    } catch (IOException e) {
      failed(
          atNanos,
          Failure.of(
              Failure.Kind.MALFORMED, "not JSON: " + JsonReader.reason(e) + ": " + excerpt(body)));
      return;
    }
    if (match == AnswerCheck.WRONG) {
      String detail = "to input %d: %s".formatted(input + 1, excerpt(body));
      failed(atNanos, Failure.of(Failure.Kind.WRONG_ANSWER, detail));
      return;
    }
    likely = match;
    long sent = sentAt - shared.startNanos;
    long answered = atNanos - shared.startNanos;
    recorder.matched(match, sent, answered);
    shared.answers.matched(match, sent, answered);
    ok(atNanos);
  }

  private void ok(long atNanos) {
    recorder.ok(measured, sentAt - shared.startNanos, atNanos - shared.startNanos);
    shared.progress.answered();
  }

  private void failed(long atNanos, Failure failure) {
    recorder.failed(measured, atNanos - shared.startNanos, failure);
    shared.progress.failed();
  }

  private void end() {
    if (!ended) {
      ended = true;
      connection.close();
      shared.running.countDown();
    }
  }

  // A bug on an event loop would be swallowed there, and the run would wait for ever.
  private void guard(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      shared.bug.compareAndSet(null, e);
      shared.tickets.stop();
      end();
    }
  }

  // What can be seen of JSON without reading it all: it keeps an HTML page from counting as right.
  private static boolean looksLikeAnObject(ByteBuf body) {
    int first = body.readerIndex();
    int last = body.writerIndex() - 1;
    while (first < last && body.getByte(first) <= ' ') {
      first++;
    }
    while (first < last && body.getByte(last) <= ' ') {
      last--;
    }
    return first < last && body.getByte(first) == '{' && body.getByte(last) == '}';
  }

  // Printed on terminals: no control character of the server's may get there.
  private static String excerpt(ByteBuf body) {
    int length = Math.min(body.readableBytes(), LONGEST_EXAMPLE);
    String text = body.toString(body.readerIndex(), length, StandardCharsets.UTF_8);
    String line = text.replaceAll("[\\s\\p{Cc}]+", " ").strip();
    return length < body.readableBytes() ? line + "..." : line;
  }
}
