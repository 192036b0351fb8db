package io.mlserve.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.mlserve.transport.EventLoops;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/** An engine on a free loopback port with one service, and a channel to it. */
final class Lines implements AutoCloseable, Readiness {
  /** For the engines of all tests; they end with the process. */
  static final EventLoops LOOPS = EventLoops.open("grpc-test", 2);

  static final Duration LONG = Duration.ofSeconds(20);

  final AtomicBoolean ready = new AtomicBoolean(true);
  final CallsInProgress calls = new CallsInProgress();
  final GrpcEngine engine;
  final ManagedChannel channel;

  Lines(GrpcLimits limits, BiConsumer<ModelInferRequest, UnaryCall<ModelInferResponse>> infer) {
    engine =
        GrpcEngine.open(
            new GrpcOptions(loopback(), limits, Optional.empty()),
            LOOPS,
            List.of(new Inferring(infer)),
            this,
            calls);
    channel = channel(engine.port());
  }

  Lines(BiConsumer<ModelInferRequest, UnaryCall<ModelInferResponse>> infer) {
    this(GrpcLimits.defaults(), infer);
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .usePlaintext()
        .build();
  }

  /** Answers with the id of the request. */
  static void echo(ModelInferRequest request, UnaryCall<ModelInferResponse> call) {
    call.answer(answer(request));
  }

  static ModelInferResponse answer(ModelInferRequest request) {
    return ModelInferResponse.newBuilder().setId(request.getId()).build();
  }

  static ModelInferRequest request(String id) {
    return ModelInferRequest.newBuilder().setId(id).build();
  }

  @Override
  public boolean isReady() {
    return ready.get();
  }

  @Override
  public Optional<Boolean> isReady(String model) {
    return model.equals("half_plus_two") ? Optional.of(ready.get()) : Optional.empty();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    engine.close();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Inferring extends GRPCInferenceServiceImplBase {
    private final BiConsumer<ModelInferRequest, UnaryCall<ModelInferResponse>> infer;

    Inferring(BiConsumer<ModelInferRequest, UnaryCall<ModelInferResponse>> infer) {
      this.infer = infer;
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
      infer.accept(request, new UnaryCall<>(observer));
    }
  }
}
