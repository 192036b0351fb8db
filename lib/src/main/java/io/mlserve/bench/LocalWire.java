package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.runtime.RuntimeOptions;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.util.List;

/**
 * A model in this process. In a closed loop each event loop runs the model itself, one request
 * after the other, so that nothing is handed from thread to thread. In an open loop requests must
 * be seen to be due while the model runs: as many other threads as connections run it, and what is
 * measured is the run, without the way to the thread and back, where a thread is free.
 */
final class LocalWire implements Wire {
  private static final int MOST_THREADS = 256;

  private final OnnxModel model;
  private final Loops loops;

  private LocalWire(OnnxModel model, int threads) {
    this.model = model;
    this.loops = new Loops(threads);
  }

  /** Loads the model file; the caller closes it. */
  static LocalWire open(Path file, int threads) {
    if (threads > MOST_THREADS) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "%d runs at once in this process (expected: at most %d)"
              .formatted(threads, MOST_THREADS));
    }
    return new LocalWire(OnnxModel.load(file, RuntimeOptions.defaults()), threads);
  }

  Signature signature() {
    return model.signature();
  }

  @Override
  public List<EventLoop> loops() {
    return loops.all();
  }

  @Override
  public boolean runsModel() {
    return true;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public Prepared prepare(List<Request> requests, Schedule schedule, boolean answersMatter) {
    List<InferRequest> calls =
        requests.stream().map(request -> ((Request.Local) request).call()).toList();
    return schedule instanceof Schedule.Closed
        ? new LocalLoops(model, loops.all(), calls, answersMatter)
        : new LocalThreads(model, calls, schedule.connections());
  }

  @Override
  public void close() {
    loops.close();
    model.close();
  }
}
