package io.mlserve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.NettyLeaks;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferResponse;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NettyLeaks.class)
class GrpcEngineTest {
  @Test
  void aCallGetsItsAnswer() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      assertThat(blocking(lines.channel).modelInfer(Lines.request("42")).getId()).isEqualTo("42");
      await().untilAsserted(() -> assertThat(lines.engine.inProgress()).isZero());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailureKeepsItsCodeAndItsMessageOnOneLine(ErrorCode code) throws Exception {
    try (Lines lines =
        new Lines((request, call) -> call.fail(new MlserveException(code, "input 'x':\n bad")))) {
      StatusRuntimeException failure = fail(lines.channel, Lines.request("1"));
      assertThat(failure.getStatus().getDescription()).isEqualTo("input 'x': bad");
      assertThat(failure.getStatus().getCode()).isEqualTo(GrpcStatus.of(code).getCode());
    }
  }

  @Test
  void messagesMayComeDeflated() throws Exception {
    CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
    compressors.register(
        new Compressor() {
          @Override
          public String getMessageEncoding() {
            return "deflate";
          }

          @Override
          public OutputStream compress(OutputStream out) {
            return new DeflaterOutputStream(out);
          }
        });
    try (Lines lines = new Lines(Lines::echo)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", lines.engine.port())
              .usePlaintext()
              .compressorRegistry(compressors)
              .build();
      try {
        var deflating = blocking(channel).withCompression("deflate");
        assertThat(deflating.modelInfer(Lines.request("42")).getId()).isEqualTo("42");
      } finally {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void whoComesTooOftenIsToldWhenToTryAgain() throws Exception {
    try (Lines lines =
        new Lines(
            (request, call) ->
                call.fail(new MlserveException(ErrorCode.RESOURCE_EXHAUSTED, "too many")))) {
      Metadata trailers =
          Objects.requireNonNull(fail(lines.channel, Lines.request("")).getTrailers());
      assertThat(trailers.get(GrpcStatus.PUSHBACK)).isEqualTo("1000");
      assertThat(trailers.get(GrpcStatus.RETRY_AFTER)).isEqualTo("1");
    }
  }

  @Test
  void whatAServiceThrowsIsInternalAndSaysNothingOfTheInside() throws Exception {
    try (Lines lines =
        new Lines(
            (request, call) -> {
              throw new IllegalStateException("/secret/path");
            })) {
      Status status = fail(lines.channel, Lines.request("1")).getStatus();
      assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(status.getDescription()).isEqualTo("internal error");
      await().untilAsserted(() -> assertThat(lines.engine.inProgress()).isZero());
    }
  }

  @Test
  void aKnownFailureThatIsThrownKeepsItsCode() throws Exception {
    try (Lines lines =
        new Lines(
            (request, call) -> {
              throw new MlserveException(ErrorCode.NOT_FOUND, "no model 'x'");
            })) {
      Status status = fail(lines.channel, Lines.request("1")).getStatus();
      assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(status.getDescription()).isEqualTo("no model 'x'");
    }
  }

  @Test
  void onlyTheFirstAnswerCounts() throws Exception {
    AtomicReference<Boolean> second = new AtomicReference<>();
    try (Lines lines =
        new Lines(
            (request, call) -> {
              call.answer(Lines.answer(request));
              second.set(call.fail(new MlserveException(ErrorCode.INTERNAL, "late")));
            })) {
      assertThat(blocking(lines.channel).modelInfer(Lines.request("1")).getId()).isEqualTo("1");
      assertThat(second.get()).isFalse();
    }
  }

  @Test
  void bytesThatAreNoMessageAreTheClientsFault() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      byte[] garbage = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 1, 2, 3};
      assertThatThrownBy(
              () -> ClientCalls.blockingUnaryCall(lines.channel, RAW, CallOptions.DEFAULT, garbage))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
      assertThat(blocking(lines.channel).modelInfer(Lines.request("1")).getId()).isEqualTo("1");
      await().untilAsserted(() -> assertThat(lines.engine.inProgress()).isZero());
    }
  }

  @Test
  void aMessageBeyondTheLimitIsRefusedAndTheNextIsAnswered() throws Exception {
    try (Lines lines = new Lines(GrpcLimits.defaults().withMaxMessageBytes(10_000), Lines::echo)) {
      ModelInferRequest large =
          ModelInferRequest.newBuilder()
              .addRawInputContents(ByteString.copyFrom(new byte[10_001]))
              .build();
      assertThat(fail(lines.channel, large).getStatus().getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(blocking(lines.channel).modelInfer(Lines.request("1")).getId()).isEqualTo("1");
      await().untilAsserted(() -> assertThat(lines.engine.inProgress()).isZero());
    }
  }

  @Test
  void aCompressedMessageIsMeasuredUncompressed() throws Exception {
    try (Lines lines = new Lines(GrpcLimits.defaults().withMaxMessageBytes(10_000), Lines::echo)) {
      ModelInferRequest bomb =
          ModelInferRequest.newBuilder()
              .addRawInputContents(ByteString.copyFrom(new byte[1 << 20]))
              .build();
      assertThatThrownBy(() -> blocking(lines.channel).withCompression("gzip").modelInfer(bomb))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    }
  }

  @Test
  void moreMetadataThanAllowedIsRefused() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      Metadata much = new Metadata();
      much.put(Metadata.Key.of("much", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(20_000));
      assertThatThrownBy(
              () ->
                  blocking(lines.channel)
                      .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(much))
                      .modelInfer(Lines.request("1")))
          .isInstanceOf(StatusRuntimeException.class);
      assertThat(blocking(lines.channel).modelInfer(Lines.request("1")).getId()).isEqualTo("1");
    }
  }

  @Test
  void anUnknownMethodIsUnimplemented() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      assertThatThrownBy(
              () ->
                  ClientCalls.blockingUnaryCall(
                      lines.channel,
                      RAW.toBuilder().setFullMethodName("inference.No/Such").build(),
                      CallOptions.DEFAULT,
                      new byte[0]))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }
  }

  @Test
  void aCancelledCallHasEndedAndItsLateAnswerIsDropped() throws Exception {
    AtomicReference<UnaryCall<ModelInferResponse>> held = new AtomicReference<>();
    CountDownLatch came = new CountDownLatch(1);
    try (Lines lines =
        new Lines(
            (request, call) -> {
              held.set(call);
              came.countDown();
            })) {
      var future =
          GRPCInferenceServiceGrpc.newFutureStub(lines.channel).modelInfer(Lines.request("1"));
      assertThat(came.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(Objects.requireNonNull(held.get()).hasEnded()).isFalse();
      future.cancel(true);
      await().until(() -> Objects.requireNonNull(held.get()).hasEnded());
      assertThat(Objects.requireNonNull(held.get()).answer(ModelInferResponse.getDefaultInstance()))
          .isFalse();
      await().untilAsserted(() -> assertThat(lines.engine.inProgress()).isZero());
    }
  }

  @Test
  void aCallKnowsItsDeadlineAndHasEndedAfterIt() throws Exception {
    AtomicReference<UnaryCall<ModelInferResponse>> held = new AtomicReference<>();
    try (Lines lines = new Lines((request, call) -> held.set(call))) {
      assertThatThrownBy(
              () ->
                  blocking(lines.channel)
                      .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                      .modelInfer(Lines.request("1")))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
      UnaryCall<ModelInferResponse> call = Objects.requireNonNull(held.get());
      assertThat(call.timeLeft()).isPresent();
      await().until(call::hasEnded);
    }
  }

  @Test
  void aCallThatNobodyAnswersFailsAfterTheServersOwnLimit() throws Exception {
    AtomicReference<CallsInProgress> calls = new AtomicReference<>();
    try (Lines lines =
        new Lines(
            (request, call) ->
                call.limit(Objects.requireNonNull(calls.get()), Duration.ofMillis(100)))) {
      calls.set(lines.calls);
      Status status = fail(lines.channel, Lines.request("1")).getStatus();
      assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(status.getDescription()).isEqualTo("no answer within 100 ms");
    }
  }

  @Test
  void drainingAnswersWhatHasBegunAndLetsNobodyIn() throws Exception {
    AtomicReference<Runnable> answer = new AtomicReference<>();
    CountDownLatch came = new CountDownLatch(1);
    try (Lines lines =
        new Lines(
            (request, call) -> {
              answer.set(() -> call.answer(Lines.answer(request)));
              came.countDown();
            })) {
      var future =
          GRPCInferenceServiceGrpc.newFutureStub(lines.channel).modelInfer(Lines.request("7"));
      assertThat(came.await(5, TimeUnit.SECONDS)).isTrue();
      lines.engine.drain();
      assertThat(lines.engine.awaitIdle(Duration.ZERO, Duration.ofMillis(100))).isFalse();
      assertThat(refusedOf(lines.engine.port())).isTrue();
      Objects.requireNonNull(answer.get()).run();
      assertThat(lines.engine.awaitIdle(Duration.ofSeconds(5), Lines.LONG)).isTrue();
      assertThat(future.get(5, TimeUnit.SECONDS).getId()).isEqualTo("7");
    }
  }

  @Test
  void aStreamHearsOfTheDrainAndCountsWhileARequestOfItIsUnderWay() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      CountDownLatch heard = new CountDownLatch(1);
      lines.calls.opened(heard::countDown);
      lines.calls.begun();
      lines.engine.drain();
      assertThat(heard.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(lines.engine.inProgress()).isEqualTo(1);
      lines.calls.ended();
      CountDownLatch late = new CountDownLatch(1);
      lines.calls.opened(late::countDown);
      assertThat(late.await(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closingEndsCallsThatNobodyAnswers() throws Exception {
    CountDownLatch came = new CountDownLatch(1);
    try (Lines lines = new Lines((request, call) -> came.countDown())) {
      var future =
          GRPCInferenceServiceGrpc.newFutureStub(lines.channel).modelInfer(Lines.request("7"));
      assertThat(came.await(5, TimeUnit.SECONDS)).isTrue();
      lines.engine.close();
      assertThatThrownBy(() -> future.get(5, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
    }
  }

  @Test
  void aConnectionBeyondTheLimitIsClosed() throws Exception {
    try (Lines lines = new Lines(GrpcLimits.defaults().withMaxConnections(1), Lines::echo)) {
      assertThat(blocking(lines.channel).modelInfer(Lines.request("1")).getId()).isEqualTo("1");
      try (Socket second = new Socket(InetAddress.getLoopbackAddress(), lines.engine.port())) {
        second.setSoTimeout(5_000);
        assertThat(second.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(blocking(lines.channel).modelInfer(Lines.request("2")).getId()).isEqualTo("2");
    }
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() throws Exception {
    GrpcLimits usual = GrpcLimits.defaults();
    GrpcLimits hasty =
        new GrpcLimits(
            usual.maxMessageBytes(),
            usual.maxMetadataBytes(),
            Duration.ofMillis(200),
            usual.idleTimeout(),
            usual.keepAlive(),
            usual.minPingInterval(),
            usual.maxAge(),
            usual.maxCallsPerConnection(),
            usual.maxConnections());
    try (Lines lines = new Lines(hasty, Lines::echo);
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), lines.engine.port())) {
      silent.setSoTimeout(5_000);
      int last = 0;
      while (last != -1) { // the server's own preface comes first
        last = silent.getInputStream().read();
      }
      assertThat(last).isEqualTo(-1);
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      InetSocketAddress taken =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), lines.engine.port());
      assertThatThrownBy(
              () ->
                  GrpcEngine.open(
                      new GrpcOptions(taken, GrpcLimits.defaults(), Optional.empty()),
                      Lines.LOOPS,
                      List.of(),
                      lines,
                      new CallsInProgress()))
          .isInstanceOfSatisfying(
              MlserveException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(e.message()).contains(":" + lines.engine.port());
              });
    }
  }

  @Test
  void answersMayComeFromAnyThreadAndInAnyNumber() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Lines lines =
        new Lines((request, call) -> threads.execute(() -> call.answer(Lines.answer(request))))) {
      int many = 500;
      CountDownLatch answered = new CountDownLatch(many);
      for (int i = 0; i < many; i++) {
        String id = Integer.toString(i);
        GRPCInferenceServiceGrpc.newStub(lines.channel)
            .modelInfer(
                Lines.request(id),
                new StreamObserver<>() {
                  @Override
                  public void onNext(ModelInferResponse response) {
                    if (response.getId().equals(id)) {
                      answered.countDown();
                    }
                  }

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {}
                });
      }
      assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      threads.shutdown();
    }
  }

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] message) {
          return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
          return new byte[0];
        }
      };

  private static final MethodDescriptor<byte[], byte[]> RAW =
      MethodDescriptor.newBuilder(BYTES, BYTES)
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("inference.GRPCInferenceService/ModelInfer")
          .build();

  private static GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub blocking(
      ManagedChannel channel) {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static StatusRuntimeException fail(ManagedChannel channel, ModelInferRequest request) {
    try {
      blocking(channel).modelInfer(request);
    } catch (StatusRuntimeException e) {
      return e;
    }
    throw new AssertionError("it was answered");
  }

  private static boolean refusedOf(int port) {
    ManagedChannel another = Lines.channel(port);
    try {
      return fail(another, Lines.request("1")).getStatus().getCode() == Status.Code.UNAVAILABLE;
    } finally {
      another.shutdownNow();
    }
  }
}
