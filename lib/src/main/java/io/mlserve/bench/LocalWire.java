package io.mlserve.bench;

import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.model.Value;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.runtime.OutputMemory;
import io.mlserve.runtime.RuntimeOptions;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A model in this process: as many threads as connections run it, each one request at a time. What
 * is measured is the run, without the way to the thread and back, where a thread is free.
 */
final class LocalWire implements Wire {
  private static final int OK = 200;

  private final OnnxModel model;
  private final Loops loops = new Loops(1);

  private LocalWire(OnnxModel model) {
    this.model = model;
  }

  /** Loads the model file; the caller closes it. */
  static LocalWire open(Path file) {
    return new LocalWire(OnnxModel.load(file, RuntimeOptions.defaults()));
  }

  Signature signature() {
    return model.signature();
  }

  @Override
  public List<EventLoop> loops() {
    return loops.all();
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public Prepared prepare(List<Request> requests, int connections) {
    List<InferRequest> calls =
        requests.stream().map(request -> ((Request.Local) request).call()).toList();
    ExecutorService threads =
        Executors.newFixedThreadPool(connections, new DefaultThreadFactory("bench-run", true));
    return new Calls(calls, threads);
  }

  @Override
  public void close() {
    loops.close();
    model.close();
  }

  private final class Calls implements Prepared {
    private final List<InferRequest> calls;
    private final ExecutorService threads;

    Calls(List<InferRequest> calls, ExecutorService threads) {
      this.calls = calls;
      this.threads = threads;
    }

    @Override
    public Exchange exchange(EventLoop loop, Duration timeout, Exchange.Listener listener) {
      return new Run(loop, this, listener);
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
  }

  private final class Run implements Exchange {
    private final EventLoop loop;
    private final Calls calls;
    private final Exchange.Listener listener;
    private final Outputs memory = new Outputs(); // one run at a time
    private boolean ended;

    Run(EventLoop loop, Calls calls, Exchange.Listener listener) {
      this.loop = loop;
      this.calls = calls;
      this.listener = listener;
    }

    @Override
    public void send(int request) {
      calls.threads.execute(() -> run(calls.calls.get(request)));
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

  /** Memory for the outputs of one run, used again by the next. */
  private static final class Outputs implements OutputMemory {
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private int taken;

    void reuse() {
      taken = 0;
    }

    @Override
    public ByteBuffer take(long bytes) {
      if (taken == buffers.size()) {
        buffers.add(TensorBytes.memory(bytes));
      } else if (buffers.get(taken).capacity() < bytes) {
        buffers.set(taken, TensorBytes.memory(bytes));
      }
      return buffers.get(taken++).clear().limit((int) bytes);
    }
  }
}
