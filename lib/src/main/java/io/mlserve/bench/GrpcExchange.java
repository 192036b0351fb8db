package io.mlserve.bench;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of gRPC at a time, over a connection that it shares with others. Messages are bytes that
 * were encoded before, and answers stay bytes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the timer has no result
final class GrpcExchange implements Exchange {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new Bytes();
  private static final int OK = 200;

  /** What is called, and what goes along with each call. */
  record Calls(List<Request.Grpc> requests, CallOptions options, Metadata metadata) {}

  private final ManagedChannel channel;
  private final EventLoop loop;
  private final Calls calls;
  private final List<MethodDescriptor<byte[], byte[]>> methods;
  private final Duration timeout;
  private final Exchange.Listener listener;

  private @Nullable ClientCall<byte[], byte[]> call; // under way
  private long deadline;
  private boolean timerRuns;

  GrpcExchange(
      ManagedChannel channel,
      EventLoop loop,
      Calls calls,
      Duration timeout,
      Exchange.Listener listener) {
    this.channel = channel;
    this.loop = loop;
    this.calls = calls;
    this.methods = calls.requests().stream().map(request -> method(request.method())).toList();
    this.timeout = timeout;
    this.listener = listener;
  }

  @Override
  public void send(int request) {
    long sentAt = System.nanoTime();
    ClientCall<byte[], byte[]> next = channel.newCall(methods.get(request), calls.options());
    call = next;
    deadline = sentAt + timeout.toNanos();
    keepTime();
    Metadata headers = new Metadata();
    headers.merge(calls.metadata());
    next.start(new Outcome(next, sentAt), headers);
    next.request(2); // with one, a unary call would wait to be asked for its end
    next.sendMessage(calls.requests().get(request).message());
    next.halfClose();
  }

  @Override
  public long connects() {
    return 0; // the channel does not say
  }

  @Override
  public void close() {
    ClientCall<byte[], byte[]> ended = call;
    call = null;
    if (ended != null) {
      ended.cancel("the load has ended", null);
    }
  }

  // One timer for many calls, as a deadline for each would be set and taken back a thousand times:
  // it
  // looks whether the present call is late and sets itself anew.
  private void keepTime() {
    if (!timerRuns) {
      timerRuns = true;
      loop.schedule(this::checkTime, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  private void checkTime() {
    timerRuns = false;
    ClientCall<byte[], byte[]> late = call;
    if (late == null) {
      return;
    }
    if (System.nanoTime() - deadline < 0) {
      keepTime();
      return;
    }
    call = null;
    late.cancel("no answer in time", null);
    listener.failed(
        Failure.of(Failure.Kind.TIMEOUT, "no answer within " + timeout.toMillis() / 1000.0 + " s"));
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.newBuilder(BYTES, BYTES)
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(name)
        .build();
  }

  private final class Outcome extends ClientCall.Listener<byte[]> {
    private final ClientCall<byte[], byte[]> mine;
    private final long sentAt;
    private byte[] answer = new byte[0];

    Outcome(ClientCall<byte[], byte[]> mine, long sentAt) {
      this.mine = mine;
      this.sentAt = sentAt;
    }

    @Override
    public void onMessage(byte[] message) {
      answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      long now = System.nanoTime();
      if (loop.inEventLoop() && !status.isOk()) {
        loop.execute(() -> closed(status, now)); // it may come from within send
      } else if (loop.inEventLoop()) {
        closed(status, now);
      } else {
        loop.execute(() -> closed(status, now));
      }
    }

    private void closed(Status status, long now) {
      if (call != mine) {
        return; // given up
      }
      call = null;
      if (status.isOk()) {
        ByteBuf body = Unpooled.wrappedBuffer(answer);
        listener.answered(OK, body, -1, sentAt, now);
      } else {
        listener.failed(failure(status));
      }
    }

    private Failure failure(Status status) {
      Optional<String> distrust = TlsClient.distrust(status.getCause());
      if (distrust.isPresent()) {
        return Failure.of(Failure.Kind.CONNECT, distrust.get());
      }
      for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
        if (cause instanceof ConnectException) {
          return Failure.of(Failure.Kind.CONNECT, String.valueOf(cause.getMessage()));
        }
      }
      return Failure.grpc(status);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
