package io.mlserve.bench;

import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import io.mlserve.runtime.OnnxModel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs of a model on the event loops that ask for them: nothing is handed from thread to thread.
 */
final class LocalLoops implements Wire.Prepared {
  private static final int OK = 200;
  private static final long TURN_NANOS = 1_000_000;

  private final OnnxModel model;
  private final List<EventLoop> loops;
  private final List<InferRequest> calls;
  private final boolean answersMatter;

  LocalLoops(
      OnnxModel model, List<EventLoop> loops, List<InferRequest> calls, boolean answersMatter) {
    this.model = model;
    this.loops = loops;
    this.calls = calls;
    this.answersMatter = answersMatter;
  }

  @Override
  public Exchange exchange(EventLoop loop, Duration timeout, Exchange.Listener listener) {
    return new Turns(loop, listener);
  }

  // The model must not be closed under a run.
  @Override
  public void close() {
    loops.forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly());
  }

  /**
   * Runs the model on the event loop. After {@link #TURN_NANOS} others have their turn, such as the
   * one who ends it.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // a turn has no result
  private final class Turns implements Exchange {
    private static final int NONE = -1;

    private final EventLoop loop;
    private final Exchange.Listener listener;
    private final LocalOutputs memory = new LocalOutputs(); // one run at a time
    private int next = NONE;
    private boolean hasTurn;

    Turns(EventLoop loop, Exchange.Listener listener) {
      this.loop = loop;
      this.listener = listener;
    }

    @Override
    public void send(int request) {
      next = request;
      if (!hasTurn) {
        hasTurn = true;
        loop.execute(this::turn);
      }
    }

    @Override
    public long connects() {
      return 0;
    }

    @Override
    public void close() {
      next = NONE;
    }

    private void turn() {
      long end = System.nanoTime() + TURN_NANOS;
      while (next != NONE && System.nanoTime() - end < 0) {
        run();
      }
      hasTurn = next != NONE;
      if (hasTurn) {
        loop.schedule(this::turn, 0, TimeUnit.NANOSECONDS); // behind all that is waiting
      }
    }

    private void run() {
      InferRequest call = calls.get(next);
      next = NONE;
      long start = System.nanoTime();
      try {
        memory.reuse();
        Map<String, Value> outputs = model.run(call, memory);
        long end = System.nanoTime();
        ByteBuf answer =
            answersMatter
                ? Unpooled.wrappedBuffer(LocalDialect.encode(outputs))
                : Unpooled.EMPTY_BUFFER;
        listener.answered(OK, answer, -1, start, end);
      } catch (MlserveException e) {
        listener.failed(Failure.of(Failure.Kind.RUN, String.valueOf(e.getMessage())));
      }
    }
  }
}
