package io.mlserve.protocol.tfs;

import io.mlserve.error.MlserveException;
import io.mlserve.grpc.CallsInProgress;
import io.mlserve.grpc.UnaryCall;
import io.mlserve.metrics.Protocol;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import io.mlserve.serving.Found;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.Servable;
import io.mlserve.serving.Target;
import io.mlserve.serving.TensorMemory;
import java.time.Duration;
import java.util.Map;

/**
 * One call that runs a model.
 *
 * @param <A> the message of the answer
 */
final class TfsGrpcCall<A> implements InferencePool.Call {
  private static final int LARGE = 1 << 20; // bytes that are copied, or few that are decoded

  private final Target target;
  private final UnaryCall<A> call;
  private final Reading reading;
  private final Writing<A> writing;
  private final Clock clock;
  private final int bytes;
  private final long startNanos = System.nanoTime();
  private final long deadlineNanos;

  /**
   * What keeps its time.
   *
   * @param calls end it when it took longer than {@code timeout}
   */
  record Clock(CallsInProgress calls, Duration timeout) {}

  /** From the request's message to tensors. */
  interface Reading {
    InferRequest read(Servable servable, TensorMemory memory);
  }

  /** From tensors to the answer's message, which may be a view of them. */
  interface Writing<A> {
    A write(Servable servable, Map<String, Value> outputs);
  }

  /**
   * @param bytes of the request
   */
  TfsGrpcCall(
      Target target,
      UnaryCall<A> call,
      Reading reading,
      Writing<A> writing,
      Clock clock,
      int bytes) {
    this.clock = clock;
    this.bytes = bytes;
    this.deadlineNanos = call.deadlineNanos(clock.timeout());
    this.target = target;
    this.call = call;
    this.reading = reading;
    this.writing = writing;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public Protocol protocol() {
    return TfsGrpc.PROTOCOL;
  }

  @Override
  public long startNanos() {
    return startNanos;
  }

  @Override
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public boolean isLarge() {
    return bytes > LARGE;
  }

  @Override
  public void waits() {
    call.limit(clock.calls(), clock.timeout());
  }

  @Override
  public boolean isOver() {
    return call.hasEnded();
  }

  @Override
  public InferRequest decode(Servable servable, TensorMemory memory) {
    return reading.read(servable, memory);
  }

  @Override
  public boolean answer(Servable servable, InferRequest request, Map<String, Value> outputs) {
    return call.answer(writing.write(servable, outputs));
  }

  @Override
  public MlserveException explain(Found.Absence why) {
    return TfsAbsence.explain(target, why);
  }

  @Override
  public void fail(MlserveException why) {
    call.fail(why);
  }

  @Override
  public void finish() {}
}
