package io.mlserve.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts unary calls from their first header to their end, and gives a status of ours to whatever a
 * service throws: without it the client would be told {@code UNKNOWN}.
 */
final class CallGuard implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(CallGuard.class);

  private final CallsInProgress calls;

  CallGuard(CallsInProgress calls) {
    this.calls = calls;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    boolean counted = call.getMethodDescriptor().getType() == MethodType.UNARY;
    if (counted) {
      calls.begun();
    }
    ClosedOnce<Q, A> once = new ClosedOnce<>(call);
    try {
      return new Guarded<>(next.startCall(once, headers), once, counted ? calls::ended : () -> {});
    } catch (RuntimeException e) {
      if (counted) {
        calls.ended();
      }
      once.fail(e);
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class Guarded<Q, A> extends SimpleForwardingServerCallListener<Q> {
    private final ClosedOnce<Q, A> call;
    private final Runnable ended;
    private final AtomicBoolean over = new AtomicBoolean();

    Guarded(ServerCall.Listener<Q> listener, ClosedOnce<Q, A> call, Runnable ended) {
      super(listener);
      this.call = call;
      this.ended = ended;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    @Override
    public void onReady() {
      guard(super::onReady);
    }

    @Override
    public void onCancel() {
      end();
      guard(super::onCancel);
    }

    @Override
    public void onComplete() {
      end();
      guard(super::onComplete);
    }

    private void end() {
      if (over.compareAndSet(false, true)) {
        ended.run();
      }
    }

    private void guard(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException e) {
        call.fail(e);
      }
    }
  }

  /** Closing a call that is closed is an error; a failure after an answer must not be one. */
  private static final class ClosedOnce<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final AtomicBoolean closed = new AtomicBoolean();

    ClosedOnce(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (closed.compareAndSet(false, true)) {
        super.close(status, trailers);
      }
    }

    void fail(RuntimeException failure) {
      if (failure instanceof MlserveException known) {
        close(GrpcStatus.of(known), GrpcStatus.trailers(known.code()));
        return;
      }
      log.error("{}: unexpected failure", getMethodDescriptor().getFullMethodName(), failure);
      close(
          GrpcStatus.of(new MlserveException(ErrorCode.INTERNAL, "internal error")),
          new Metadata());
    }
  }
}
