package io.mlserve.bench;

import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import io.mlserve.runtime.OnnxModel;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Runs of a model on threads of their own, so that the event loop sees in time which request is
 * due.
 */
final class LocalThreads implements Wire.Prepared {
  private static final int OK = 200;

  private final OnnxModel model;
  private final List<InferRequest> calls;
  private final ExecutorService threads;

  /** Takes as many threads as runs may be under way. */
  LocalThreads(OnnxModel model, List<InferRequest> calls, int threads) {
    this.model = model;
    this.calls = calls;
    this.threads =
        Executors.newFixedThreadPool(threads, new DefaultThreadFactory("bench-run", true));
  }

  @Override
  public Exchange exchange(EventLoop loop, Duration timeout, Exchange.Listener listener) {
    return new HandedOver(loop, listener);
  }

  // The model must not be closed under a run.
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("a run of the model does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has the model run on another thread. */
  private final class HandedOver implements Exchange {
    private final EventLoop loop;
    private final Exchange.Listener listener;
    private final LocalOutputs memory = new LocalOutputs(); // one run at a time
    private boolean ended;

    HandedOver(EventLoop loop, Exchange.Listener listener) {
      this.loop = loop;
      this.listener = listener;
    }

    @Override
    public void send(int request) {
      threads.execute(() -> run(calls.get(request)));
    }

    @Override
    public long connects() {
      return 0;
    }

    @Override
    public void close() {
      ended = true;
    }

    private void run(InferRequest call) {
      long start = System.nanoTime();
      try {
        memory.reuse();
        Map<String, Value> outputs = model.run(call, memory);
        long end = System.nanoTime();
        byte[] answer = LocalDialect.encode(outputs);
        loop.execute(() -> answered(answer, start, end));
      } catch (MlserveException e) {
        Failure failure = Failure.of(Failure.Kind.RUN, String.valueOf(e.getMessage()));
        loop.execute(() -> failed(failure));
      }
    }

    private void answered(byte[] answer, long start, long end) {
      if (!ended) {
        listener.answered(OK, Unpooled.wrappedBuffer(answer), -1, start, end);
      }
    }

    private void failed(Failure failure) {
      if (!ended) {
        listener.failed(failure);
      }
    }
  }
}
