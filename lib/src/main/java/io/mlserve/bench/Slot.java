package io.mlserve.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;

/**
 * Has one request at a time answered, judged and recorded, and then says that it is free.
 *
 * <p>Lives on its event loop.
 */
final class Slot implements Exchange.Listener {
  /** Whoever gives requests to a slot. */
  interface Owner {
    /**
     * The request has ended.
     *
     * @param failuresInARow how many requests of this slot failed one after the other without any
     *     answer; 0 after an answer
     * @param connectFailed whether the last one did not even get a connection
     */
    void free(Slot slot, int failuresInARow, boolean connectFailed);
  }

  private final Lane.Shared shared;
  private final Recorder recorder;
  private final Owner owner;
  private final Exchange exchange;

  private int request;
  private long due;
  private long sent;
  private int likely = AnswerCheck.WRONG;
  private int failuresInARow;

  Slot(Lane.Shared shared, Recorder recorder, EventLoop loop, Duration timeout, Owner owner) {
    this.shared = shared;
    this.recorder = recorder;
    this.owner = owner;
    this.exchange = shared.prepared().exchange(loop, timeout, this);
  }

  /**
   * Sends a request that {@link Recorder#due} has been told of.
   *
   * @param number of the request, which says what to send
   * @param dueNanos counted from the start of the run
   */
  void send(long number, long dueNanos) {
    request = (int) (number % shared.requests());
    due = dueNanos;
    sent = shared.sinceStart(System.nanoTime());
    recorder.sent(dueNanos, sent);
    exchange.send(request);
  }

  /** How often its connection had to be made again. */
  long reconnects() {
    return Math.max(0, exchange.connects() - 1);
  }

  void close() {
    exchange.close();
  }

  @Override
  public void answered(int status, ByteBuf body, int jsonLength, long sentAt, long atNanos) {
    shared.guard(() -> judge(status, body, jsonLength, sentAt, atNanos));
  }

  private void judge(int status, ByteBuf body, int jsonLength, long sentAt, long atNanos) {
    long really = shared.sinceStart(sentAt);
    long at = shared.sinceStart(atNanos);
    Judge.Verdict verdict = shared.judge().judge(request, status, body, jsonLength, likely);
    if (verdict.failure().isPresent()) {
      recorder.failed(due, really, at, verdict.failure().get());
      shared.progress().failed();
    } else {
      if (verdict.match() != AnswerCheck.WRONG) {
        likely = verdict.match();
        recorder.matched(likely, really, at);
        shared.judge().matched(likely, really, at);
      }
      // in a closed loop a request is due when it is sent, and a thread may have had to be free
      recorder.ok(due, shared.isOpen() ? due : really, really, at);
      shared.progress().answered();
    }
    failuresInARow = 0;
    owner.free(this, 0, false);
  }

  @Override
  public void failed(Failure failure) {
    shared.guard(
        () -> {
          recorder.failed(due, sent, shared.sinceStart(System.nanoTime()), failure);
          shared.progress().failed();
          failuresInARow++;
          owner.free(this, failuresInARow, failure.kind() == Failure.Kind.CONNECT);
        });
  }
}
