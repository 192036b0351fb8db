package io.mlserve.protocol.oip;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.grpc.CallsInProgress;
import io.mlserve.serving.InferencePool;
import io.mlserve.wire.oip.InferParameter;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferResponse;
import io.mlserve.wire.oip.ModelStreamInferResponse;
import java.time.Duration;

/**
 * One {@code ModelStreamInfer}: requests one after another, each answered, with success or failure,
 * before the next is read. So answers keep the order of the requests, and a client that reads
 * slowly is not read from.
 */
final class OipGrpcStream implements StreamObserver<ModelInferRequest> {
  private final ServerCallStreamObserver<ModelStreamInferResponse> client;
  private final InferencePool pool;
  private final CallsInProgress calls;
  private final Duration timeout;
  private final Runnable onDrain = this::drain;

  // Guarded by this: a request ends on a worker, the rest happens on the event loop.
  private boolean busy;
  private boolean noMore; // the client has said all, or the server drains
  private boolean draining;
  private boolean ended;

  OipGrpcStream(
      ServerCallStreamObserver<ModelStreamInferResponse> client,
      InferencePool pool,
      CallsInProgress calls,
      Duration timeout) {
    this.client = client;
    this.pool = pool;
    this.calls = calls;
    this.timeout = timeout;
  }

  /** Asks for the first request. */
  void open() {
    client.disableAutoRequest();
    client.setOnCancelHandler(this::gone);
    client.request(1);
    calls.opened(onDrain);
  }

  @Override
  public void onNext(ModelInferRequest request) {
    synchronized (this) {
      busy = true;
    }
    calls.begun();
    Answer answer = new Answer(request);
    try {
      pool.submit(new OipGrpcCall(request, answer));
    } catch (MlserveException e) {
      answer.fail(e);
      answer.finish();
    }
  }

  @Override
  public void onError(Throwable failure) {
    gone();
  }

  @Override
  public synchronized void onCompleted() {
    noMore = true;
    endIfDone();
  }

  private synchronized void drain() {
    noMore = true;
    draining = true;
    endIfDone();
  }

  private synchronized void gone() {
    noMore = true;
    ended = true;
    calls.closed(onDrain);
  }

  private synchronized void send(ModelStreamInferResponse response) {
    if (!ended && !client.isCancelled()) {
      client.onNext(response);
    }
  }

  private synchronized void next() {
    busy = false;
    endIfDone();
    if (!ended) {
      client.request(1);
    }
  }

  private void endIfDone() {
    if (!noMore || busy || ended) {
      return;
    }
    ended = true;
    calls.closed(onDrain);
    if (draining) {
      client.onError(
          Status.UNAVAILABLE.withDescription("the server is going down").asRuntimeException());
    } else {
      client.onCompleted();
    }
  }

  /** Of one request. */
  private final class Answer implements OipGrpcCall.Reply {
    private final ModelInferRequest request;
    private final Duration limit;
    private final long deadline;
    private boolean given; // by the one worker that has the request

    Answer(ModelInferRequest request) {
      this.request = request;
      this.limit = OipGrpcRequest.timeout(request, timeout);
      this.deadline = System.nanoTime() + limit.toNanos();
    }

    @Override
    public long deadlineNanos() {
      return deadline;
    }

    // In a stream the answer of one request keeps its place: it is told when the turn comes.
    @Override
    public void waits() {}

    @Override
    public boolean isOver() {
      return client.isCancelled() || System.nanoTime() - deadline > 0;
    }

    @Override
    public boolean answer(ModelInferResponse response) {
      if (client.isCancelled()) {
        return false;
      }
      given = true;
      send(
          ModelStreamInferResponse.newBuilder()
              .setInferResponse(
                  response.toBuilder()
                      .putParameters(
                          "triton_final_response",
                          InferParameter.newBuilder().setBoolParam(true).build()))
              .build());
      return true;
    }

    @Override
    public void fail(MlserveException why) {
      given = true;
      send(
          ModelStreamInferResponse.newBuilder()
              .setErrorMessage(why.message())
              .setInferResponse(ModelInferResponse.newBuilder().setId(request.getId()))
              .build());
    }

    @Override
    public void finish() {
      if (!given) {
        fail(
            new MlserveException(
                ErrorCode.DEADLINE_EXCEEDED, "no answer within " + limit.toMillis() + " ms"));
      }
      calls.ended();
      next();
    }
  }
}
