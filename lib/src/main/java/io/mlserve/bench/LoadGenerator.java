package io.mlserve.bench;

import java.time.Duration;
import java.util.List;

/**
 * Puts load on one model of one server. Holds event loops, so it must be closed. One thread uses it
 * at a time.
 *
 * <p>Answers are checked on the event loop that received them, before the next request of that
 * connection is sent; the check is not part of any latency.
 */
public final class LoadGenerator implements AutoCloseable {
  private final Target target;
  private final Transport transport;

  private LoadGenerator(Target target, Transport transport) {
    this.target = target;
    this.transport = transport;
  }

  /** Looks the server up. Uses at most as many threads as the machine has cores. */
  public static LoadGenerator open(Target target, int connections) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new LoadGenerator(target, Transport.open(target, Math.min(connections, cores)));
  }

  /**
   * Asks the server about the model.
   *
   * @param timeout longest wait for its answer
   */
  public ServedModel describe(Duration timeout) {
    return new ModelProbe(target, transport, timeout).describe();
  }

  /** Asks the server for the inputs of the model's default signature. */
  public List<InputSpec> inputs(Duration timeout) {
    return new ModelProbe(target, transport, timeout).inputs();
  }

  /**
   * Runs the plan and returns when it is done. An interrupt ends it early: the report then says so,
   * and the thread's interrupt flag is set.
   */
  public BenchPoint run(LoadPlan plan, LoadListener listener) {
    return new LoadRun(transport, target, plan, listener).execute();
  }

  @Override
  public void close() {
    transport.close();
  }
}
