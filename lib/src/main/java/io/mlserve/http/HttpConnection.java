package io.mlserve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: puts requests together, hands them on one at a time, writes answers in order and
 * flushes once per read. What comes behind a request that is not answered yet waits, and while
 * something waits nothing more is read.
 *
 * <p>Owned by its event loop; only {@link #send} and {@link #schedule} may come from elsewhere.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails closes the channel, which tells us
final class HttpConnection extends ChannelInboundHandlerAdapter {
  private final HttpEngine engine;
  private final HttpLimits limits;
  private final ConnectionClock clock;
  private final Queue<HttpObject> waiting = new ArrayDeque<>();

  private @Nullable ChannelHandlerContext context;
  private @Nullable HttpRequest head; // of the request whose body is being read
  private @Nullable ByteBuf body; // what has been read of it
  private @Nullable HttpExchange current; // handed on, not answered yet
  private boolean keepAlive;
  private boolean closing; // an answer that ends the connection is on its way
  private boolean reading; // inside a read cycle: flush at its end
  private boolean flushDue;

  HttpConnection(HttpEngine engine, HttpLimits limits) {
    this.engine = engine;
    this.limits = limits;
    this.clock = new ConnectionClock(limits);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("no channel yet");
    }
    return context;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    if (!engine.opened(ctx.channel())) {
      ctx.close();
      return;
    }
    clock.enter(ConnectionClock.Phase.HEADERS, System.nanoTime());
    watch();
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    dropWaiting();
    dropBody();
    engine.closed(ctx.channel());
    ctx.fireChannelInactive();
  }

  // One check a second per connection costs less than a timer per request.
  private void watch() {
    ChannelHandlerContext ctx = context();
    ctx.executor()
        .schedule(
            () -> {
              if (!ctx.channel().isActive()) {
                return;
              }
              if (clock.isOver(System.nanoTime())) {
                timedOut();
              } else {
                watch();
              }
            },
            clock.granularity().toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void timedOut() {
    if (current == null && (head != null || clock.phase() == ConnectionClock.Phase.BODY)) {
      refuse(408, "request body took too long");
    } else {
      context().close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = true;
    if (closing) {
      ReferenceCountUtil.release(message);
    } else if (current != null || !waiting.isEmpty()) {
      waiting.add((HttpObject) message);
      ctx.channel().config().setAutoRead(false);
    } else {
      accept((HttpObject) message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    if (flushDue) {
      flushDue = false;
      ctx.flush();
    }
  }

  private void accept(HttpObject message) {
    if (message.decoderResult().isFailure()) {
      ReferenceCountUtil.release(message);
      malformed(message.decoderResult().cause());
      return;
    }
    if (message instanceof HttpRequest request) {
      begin(request);
    }
    if (!closing && message instanceof HttpContent content) {
      append(content);
    }
  }

  private void malformed(@Nullable Throwable cause) {
    if (cause instanceof TooLongHttpHeaderException) {
      refuse(431, "request headers are larger than " + limits.maxHeaderBytes() + " bytes");
    } else if (cause instanceof TooLongHttpLineException) {
      refuse(414, "request line is too long");
    } else {
      refuse(400, "malformed HTTP request");
    }
  }

  private void begin(HttpRequest request) {
    keepAlive = HttpUtil.isKeepAlive(request);
    if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      refuse(505, "HTTP version (expected: 1.0 or 1.1)");
      return;
    }
    if (HttpUtil.getContentLength(request, 0L) > limits.maxBodyBytes()) {
      tooLarge();
      return;
    }
    if (HttpUtil.is100ContinueExpected(request)) {
      context()
          .writeAndFlush(
              Unpooled.wrappedBuffer(
                  "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    }
    head = request;
    clock.enter(ConnectionClock.Phase.BODY, System.nanoTime());
  }

  private void append(HttpContent content) {
    HttpRequest request = head;
    if (request == null) {
      content.release();
      return;
    }
    clock.progress(System.nanoTime());
    ByteBuf bytes = content.content();
    long soFar = body == null ? 0 : body.readableBytes();
    if (soFar + bytes.readableBytes() > limits.maxBodyBytes()) {
      content.release();
      tooLarge();
      return;
    }
    if (body == null) {
      body = bytes; // the usual case: the whole body is in one piece, and is not copied
    } else if (bytes.isReadable()) {
      body = joined(body, bytes);
    } else {
      bytes.release();
    }
    if (content instanceof LastHttpContent) {
      hand(request);
    }
  }

  private ByteBuf joined(ByteBuf first, ByteBuf next) {
    if (first instanceof CompositeByteBuf pieces) {
      // Many tiny pieces would cost more in bookkeeping than in bytes.
      if (pieces.numComponents() >= 64) {
        pieces.consolidate();
      }
      return pieces.addComponent(true, next);
    }
    return context()
        .alloc()
        .compositeBuffer(128)
        .addComponent(true, first)
        .addComponent(true, next);
  }

  private void hand(HttpRequest request) {
    ByteBuf whole = body == null ? Unpooled.EMPTY_BUFFER : body;
    body = null;
    head = null;
    String uri = request.uri();
    int query = uri.indexOf('?');
    HttpExchange exchange =
        new HttpExchange(
            this,
            request.method().name(),
            query < 0 ? uri : uri.substring(0, query),
            request.headers(),
            whole);
    current = exchange;
    clock.enter(ConnectionClock.Phase.WORKING, System.nanoTime());
    engine.begun();
    engine.handler().handle(exchange);
  }

  private void tooLarge() {
    refuse(413, "request body is larger than " + limits.maxBodyBytes() + " bytes");
  }

  // Answers what cannot be read as a request; where the next one would start is not known.
  private void refuse(int status, String message) {
    keepAlive = false;
    closing = true;
    dropBody();
    dropWaiting();
    HttpReply reply = HttpReply.text(status, HttpReply.JSON, "{\"error\": \"" + message + "\"}\n");
    context()
        .writeAndFlush(ResponseBytes.of(context().alloc(), reply, false, false))
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** Writes the answer of {@code exchange}, from whatever thread. */
  void send(HttpExchange exchange, HttpReply reply) {
    EventLoop loop = context().channel().eventLoop();
    if (loop.inEventLoop()) {
      write(exchange, reply);
    } else {
      loop.execute(() -> write(exchange, reply));
    }
  }

  void schedule(Duration delay, Runnable task) {
    context().channel().eventLoop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void write(HttpExchange exchange, HttpReply reply) {
    ChannelHandlerContext ctx = context();
    engine.ended();
    current = null;
    if (!ctx.channel().isActive()) {
      reply.body().release();
      return;
    }
    boolean stays = keepAlive && !engine.isDraining();
    clock.enter(ConnectionClock.Phase.ANSWERING, System.nanoTime());
    ByteBuf bytes = ResponseBytes.of(ctx.alloc(), reply, stays, exchange.method().equals("HEAD"));
    if (!stays) {
      closing = true;
      dropWaiting();
      ctx.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    ctx.write(bytes)
        .addListener(
            written -> {
              if (written.isSuccess() && current == null && head == null) {
                clock.enter(ConnectionClock.Phase.IDLE, System.nanoTime());
              }
            });
    if (reading) {
      flushDue = true;
    } else {
      ctx.flush();
    }
    readOn();
  }

  private void readOn() {
    while (current == null && !closing) {
      HttpObject next = waiting.poll();
      if (next == null) {
        context().channel().config().setAutoRead(true);
        return;
      }
      accept(next);
    }
  }

  private void dropWaiting() {
    HttpObject next = waiting.poll();
    while (next != null) {
      ReferenceCountUtil.release(next);
      next = waiting.poll();
    }
  }

  private void dropBody() {
    head = null;
    if (body != null) {
      body.release();
      body = null;
    }
  }

  /** Closes the connection unless it is busy; the busy one closes itself after its answer. */
  void closeWhenIdle() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && current == null && head == null) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the peer is gone, or speaks something else: nobody is left to answer
  }
}
