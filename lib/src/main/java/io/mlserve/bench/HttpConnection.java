package io.mlserve.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection, kept alive as long as the server lets it, on which one request is under
 * way at a time. It connects when a request needs it, and again after a failure; it never repeats a
 * request.
 *
 * <p>Lives on its event loop: every method is called there and every answer comes there.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails arrives at exceptionCaught
final class HttpConnection {
  /** What becomes of a request: exactly one of the two for each. */
  interface Listener {
    /**
     * An answer is there.
     *
     * @param body valid only during the call
     * @param atNanos by {@link System#nanoTime()}
     */
    void answered(int status, ByteBuf body, long atNanos);

    void failed(Failure failure);
  }

  private final Transport transport;
  private final EventLoop loop;
  private final Duration timeout;
  private final Listener listener;

  private @Nullable Channel channel; // null while not connected
  private boolean connecting;
  private boolean waiting; // for the answer to a request
  private boolean timerRuns;
  private long deadline;
  private long connects;

  HttpConnection(Transport transport, EventLoop loop, Duration timeout, Listener listener) {
    this.transport = transport;
    this.loop = loop;
    this.timeout = timeout;
    this.listener = listener;
  }

  /** Sends the bytes of one request. The buffer stays the caller's. */
  void send(ByteBuf request) {
    if (waiting) {
      throw new IllegalStateException("a request is under way");
    }
    waiting = true;
    deadline = System.nanoTime() + timeout.toNanos();
    keepTime();
    if (channel == null) {
      connect(request);
    } else {
      write(channel, request);
    }
  }

  /** How often a connection was made. */
  long connects() {
    return connects;
  }

  /** Ends the connection; a request under way gets no answer and no failure. */
  void close() {
    waiting = false;
    drop();
  }

  private void connect(ByteBuf request) {
    connecting = true;
    ChannelFuture future = transport.connect(loop, new Responses());
    Channel opening = future.channel();
    channel = opening;
    future.addListener(
        done -> {
          if (opening != channel) {
            return; // given up meanwhile
          }
          connecting = false;
          if (done.isSuccess()) {
            connects++;
            write(opening, request);
          } else {
            fail(Failure.of(Failure.Kind.CONNECT, describe(done.cause())));
          }
        });
  }

  private void write(Channel to, ByteBuf request) {
    to.writeAndFlush(request.retainedDuplicate(), to.voidPromise());
  }

  // One timer for many requests: it looks whether the present one is late and sets itself anew.
  private void keepTime() {
    if (timerRuns) {
      return;
    }
    timerRuns = true;
    loop.schedule(this::checkTime, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void checkTime() {
    timerRuns = false;
    if (!waiting) {
      return;
    }
    if (System.nanoTime() - deadline < 0) {
      keepTime();
    } else if (connecting) {
      fail(Failure.of(Failure.Kind.CONNECT, "no connection within " + seconds()));
    } else {
      fail(Failure.of(Failure.Kind.TIMEOUT, "no answer within " + seconds()));
    }
  }

  private void fail(Failure failure) {
    drop();
    if (waiting) {
      waiting = false;
      listener.failed(failure);
    }
  }

  private void drop() {
    Channel dropped = channel;
    channel = null;
    connecting = false;
    if (dropped != null) {
      dropped.close();
    }
  }

  private String seconds() {
    return timeout.toMillis() / 1000.0 + " s";
  }

  private String describe(@Nullable Throwable cause) {
    String message = cause == null ? null : cause.getMessage();
    String text = message == null ? String.valueOf(cause) : message;
    return text.contains(transport.address()) ? text : transport.address() + ": " + text;
  }

  private final class Responses extends SimpleChannelInboundHandler<FullHttpResponse> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      long now = System.nanoTime();
      if (context.channel() != channel) {
        return;
      }
      if (response.decoderResult().isFailure()) {
        fail(Failure.of(Failure.Kind.MALFORMED, describe(response.decoderResult().cause())));
        return;
      }
      if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
        return;
      }
      if (!waiting || !HttpUtil.isKeepAlive(response)) {
        drop();
      }
      if (waiting) {
        waiting = false;
        listener.answered(response.status().code(), response.content(), now);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel() == channel) {
        fail(Failure.of(Failure.Kind.CLOSED, "the server closed the connection"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (context.channel() != channel) {
        return;
      }
      Failure.Kind kind =
          cause instanceof TooLongFrameException
              ? Failure.Kind.MALFORMED
              : cause.getCause() instanceof SSLException
                  ? Failure.Kind.CONNECT
                  : Failure.Kind.CLOSED;
      fail(Failure.of(kind, describe(cause)));
    }
  }
}
