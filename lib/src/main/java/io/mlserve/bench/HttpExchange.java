package io.mlserve.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
final class HttpExchange implements Exchange {
  private final HttpWire wire;
  private final EventLoop loop;
  private final Duration timeout;
  private final List<ByteBuf> requests;
  private final Exchange.Listener listener;

  private @Nullable Channel channel; // null while not connected
  private boolean connecting;
  private boolean waiting; // for the answer to a request
  private boolean timerRuns;
  private long sentAt;
  private long deadline;
  private long connects;

  HttpExchange(
      HttpWire wire,
      EventLoop loop,
      Duration timeout,
      List<ByteBuf> requests,
      Exchange.Listener listener) {
    this.wire = wire;
    this.requests = requests;
    this.loop = loop;
    this.timeout = timeout;
    this.listener = listener;
  }

  @Override
  public void send(int request) {
    if (waiting) {
      throw new IllegalStateException("a request is under way");
    }
    waiting = true;
    sentAt = System.nanoTime();
    deadline = sentAt + timeout.toNanos();
    keepTime();
    if (channel == null) {
      connect(requests.get(request));
    } else {
      write(channel, requests.get(request));
    }
  }

  @Override
  public long connects() {
    return connects;
  }

  @Override
  public void close() {
    waiting = false;
    drop();
  }

  private void connect(ByteBuf request) {
    connecting = true;
    ChannelFuture future = wire.connect(loop, new Responses());
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
    Optional<String> distrust = TlsClient.distrust(cause);
    String message = cause == null ? null : distrust.orElse(cause.getMessage());
    String text = message == null ? String.valueOf(cause) : message;
    return text.contains(wire.address()) ? text : wire.address() + ": " + text;
  }

  private final class Responses extends ChannelInboundHandlerAdapter {
    private @Nullable ResponseReader reader;
    private boolean ended;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      long now = System.nanoTime();
      ByteBuf bytes = (ByteBuf) message;
      if (context.channel() != channel) {
        bytes.release();
        return;
      }
      if (!waiting) {
        bytes.release();
        drop(); // nobody asked
        return;
      }
      ResponseReader responses = reader;
      if (responses == null) {
        responses = new ResponseReader(context.alloc());
        reader = responses;
      }
      responses.add(bytes);
      read(responses, now);
    }

    private void read(ResponseReader responses, long now) {
      try {
        if (!responses.isComplete(ended)) {
          return;
        }
      } catch (ResponseReader.Malformed e) {
        fail(Failure.of(Failure.Kind.MALFORMED, describe(e)));
        return;
      }
      waiting = false;
      if (!responses.isKeepAlive() || responses.isFollowed()) {
        drop();
      }
      try {
        listener.answered(
            responses.status(), responses.body(), responses.jsonLength(), sentAt, now);
      } finally {
        responses.next();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel() == channel) {
        ended = true;
        if (waiting && reader != null) {
          read(reader, System.nanoTime());
        }
        if (context.channel() == channel) {
          fail(Failure.of(Failure.Kind.CLOSED, "the server closed the connection"));
        }
      }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      if (reader != null) {
        reader.release();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (context.channel() == channel) {
        boolean tls = cause instanceof SSLException || cause.getCause() instanceof SSLException;
        fail(Failure.of(tls ? Failure.Kind.CONNECT : Failure.Kind.CLOSED, describe(cause)));
      }
    }
  }
}
