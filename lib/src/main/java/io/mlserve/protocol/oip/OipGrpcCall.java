package io.mlserve.protocol.oip;

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
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferResponse;
import java.time.Duration;
import java.util.Map;

/** One inference, in a call of its own or in a stream. */
final class OipGrpcCall implements InferencePool.Call {
  private static final int LARGE = 1 << 20; // bytes that are copied, or few that are decoded

  private final ModelInferRequest request;
  private final Reply reply;
  private final Target target;
  private final long startNanos = System.nanoTime();

  /** Where the answer goes. */
  interface Reply {
    boolean isOver();

    /** {@code System.nanoTime()} by which an answer must be there. */
    long deadlineNanos();

    /** Nothing comes for a while: whoever waits is to be told in time. */
    void waits();

    /** Says whether somebody was still waiting. */
    boolean answer(ModelInferResponse response);

    void fail(MlserveException why);

    /** The last that is called. */
    void finish();

    /** The end of a call of its own, which has {@code timeout}. */
    static Reply to(UnaryCall<ModelInferResponse> call, CallsInProgress calls, Duration timeout) {
      long deadline = call.deadlineNanos(timeout);
      return new Reply() {
        @Override
        public long deadlineNanos() {
          return deadline;
        }

        @Override
        public void waits() {
          call.limit(calls, timeout);
        }

        @Override
        public boolean isOver() {
          return call.hasEnded();
        }

        @Override
        public boolean answer(ModelInferResponse response) {
          return call.answer(response);
        }

        @Override
        public void fail(MlserveException why) {
          call.fail(why);
        }

        @Override
        public void finish() {}
      };
    }
  }

  /** {@code INVALID_ARGUMENT} if the version is no number. */
  OipGrpcCall(ModelInferRequest request, Reply reply) {
    this.request = request;
    this.reply = reply;
    this.target = OipGrpcTarget.of(request.getModelName(), request.getModelVersion());
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public Protocol protocol() {
    return OipGrpc.PROTOCOL;
  }

  @Override
  public long startNanos() {
    return startNanos;
  }

  @Override
  public long deadlineNanos() {
    return reply.deadlineNanos();
  }

  @Override
  public boolean isLarge() {
    return request.getSerializedSize() > LARGE;
  }

  @Override
  public void waits() {
    reply.waits();
  }

  @Override
  public boolean isOver() {
    return reply.isOver();
  }

  @Override
  public InferRequest decode(Servable servable, TensorMemory memory) {
    return OipGrpcRequest.read(request, servable.signature(), memory);
  }

  @Override
  public boolean answer(Servable servable, InferRequest asked, Map<String, Value> outputs) {
    return reply.answer(OipGrpcResponse.write(request, servable, outputs));
  }

  @Override
  public MlserveException explain(Found.Absence why) {
    return OipAbsence.explain(target, why);
  }

  @Override
  public void fail(MlserveException why) {
    reply.fail(why);
  }

  @Override
  public void finish() {
    reply.finish();
  }
}
