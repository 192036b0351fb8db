package io.mlserve.protocol.tfs;

import io.mlserve.error.MlserveException;
import io.mlserve.grpc.UnaryCall;
import io.mlserve.metrics.Protocol;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import io.mlserve.serving.Found;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.Servable;
import io.mlserve.serving.Target;
import io.mlserve.serving.TensorMemory;
import java.util.Map;

/**
 * One call that runs a model.
 *
 * @param <A> the message of the answer
 */
final class TfsGrpcCall<A> implements InferencePool.Call {
  private final Target target;
  private final UnaryCall<A> call;
  private final Reading reading;
  private final Writing<A> writing;
  private final long startNanos = System.nanoTime();

  /** From the request's message to tensors. */
  interface Reading {
    InferRequest read(Servable servable, TensorMemory memory);
  }

  /** From tensors to the answer's message, which may be a view of them. */
  interface Writing<A> {
    A write(Servable servable, Map<String, Value> outputs);
  }

  TfsGrpcCall(Target target, UnaryCall<A> call, Reading reading, Writing<A> writing) {
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
