package io.mlserve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
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
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: puts requests together, hands them on one at a time, writes answers in order and
 * flushes once per read. What comes behind a request that is not answered yet waits, and while
 * something waits, or the client does not take its answers, nothing more is read.
 *
 * <p>Owned by its event loop; only {@link #send} and {@link #schedule} may come from elsewhere.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails closes the channel, which tells us
final class HttpConnection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

  private final HttpEngine engine;
  private final HttpLimits limits;
  private final StrictRequestDecoder decoder;
  private final ConnectionClock clock;
  private final BodyBytes body = new BodyBytes(); // what has been read of the body of head
  private final Queue<HttpObject> waiting = new ArrayDeque<>();

  private final ChannelFutureListener left = sent -> answered();

  private @Nullable ChannelHandlerContext context;
  private @Nullable HttpRequest head; // of the request whose body is being read
  private @Nullable HttpExchange current; // handed on, not answered yet
  private int unsent; // answers that were written and have not left yet
  private long unsentBytes; // when it was looked at last
  private boolean keepAlive;
  private boolean closing; // an answer that ends the connection is on its way
  private boolean reading; // inside a read cycle: flush at its end
  private boolean flushDue;
  private boolean readingOn; // inside readOn

  HttpConnection(HttpEngine engine, HttpLimits limits, StrictRequestDecoder decoder) {
    this.engine = engine;
    this.limits = limits;
    this.decoder = decoder;
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
    dropRequest();
    engine.closed(ctx.channel());
    ctx.fireChannelInactive();
  }

  // One check a second per connection costs less than a timer per request.
  private void watch() {
    ChannelHandlerContext ctx = context();
    ctx.executor()
        .schedule(
            () -> {
              if (ctx.channel().isActive()) {
                look(System.nanoTime());
                watch();
              }
            },
            clock.granularity().toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void look(long now) {
    long left = Departure.unsentBytes(context().channel());
    if (left < unsentBytes && clock.phase() == ConnectionClock.Phase.ANSWERING) {
      clock.moved(unsentBytes - left, now);
    }
    unsentBytes = left;
    if (!clock.isOver(now)) {
      return;
    }
    if (clock.phase() == ConnectionClock.Phase.BODY) {
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
    } else if (readingOn || !waiting.isEmpty() || !canAccept()) {
      waiting.add((HttpObject) message);
      ctx.channel().config().setAutoRead(false);
    } else {
      accept((HttpObject) message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    if (clock.phase() == ConnectionClock.Phase.IDLE && decoder.isInsideRequest()) {
      clock.enter(ConnectionClock.Phase.HEADERS, System.nanoTime());
    }
    if (flushDue) {
      flushDue = false;
      ctx.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    readOn();
    ctx.fireChannelWritabilityChanged();
  }

  // An answer that is not being taken must not be joined by more.
  private boolean canAccept() {
    return current == null && context().channel().isWritable();
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
    if (message instanceof HttpContent content) {
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
    boolean modern = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    if (!modern && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      refuse(505, "HTTP version (expected: 1.0 or 1.1)");
      return;
    }
    if (modern && request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
      refuse(400, "malformed HTTP request (expected: one Host header)");
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
    ByteBuf bytes = content.content();
    if (closing || request == null) {
      bytes.release();
      return;
    }
    if ((long) body.size() + bytes.readableBytes() > limits.maxBodyBytes()) {
      bytes.release();
      tooLarge();
      return;
    }
    clock.moved(bytes.readableBytes(), System.nanoTime());
    body.add(bytes, context().alloc());
    if (content instanceof LastHttpContent) {
      hand(request);
    }
  }

  private void hand(HttpRequest request) {
    head = null;
    String path = RequestTarget.path(request.uri());
    HttpExchange exchange =
        new HttpExchange(
            this,
            request.method().name(),
            path,
            RequestTarget.query(request.uri()),
            request.headers(),
            body.take());
    current = exchange;
    clock.enter(ConnectionClock.Phase.WORKING, System.nanoTime());
    engine.begun();
    try {
      engine.handler().handle(exchange);
    } catch (RuntimeException | Error e) {
      log.error("{} {}: the handler failed", exchange.method(), exchange.path(), e);
      exchange.respond(HttpReply.text(500, HttpReply.JSON, "{\"error\": \"internal error\"}\n"));
      exchange.finish();
    }
  }

  private void tooLarge() {
    refuse(413, "request body is larger than " + limits.maxBodyBytes() + " bytes");
  }

  // Answers what cannot be read as a request; where the next one would start is not known.
  private void refuse(int status, String message) {
    dropRequest();
    HttpReply reply = HttpReply.text(status, HttpReply.JSON, "{\"error\": \"" + message + "\"}\n");
    depart(ResponseBytes.of(context().alloc(), reply, ResponseBytes.Ending.CLOSE, false));
  }

  /** Writes the last answer of this connection, and ends it when the client has taken that. */
  private ChannelFuture depart(ByteBuf answer) {
    closing = true;
    dropWaiting();
    clock.enter(ConnectionClock.Phase.ANSWERING, System.nanoTime());
    unsent++;
    ChannelFuture written = context().writeAndFlush(answer);
    written.addListener(
        sent -> {
          unsent--;
          Departure.after(context(), sent.isSuccess());
        });
    return written;
  }

  /** Writes the answer of {@code exchange}, from whatever thread. */
  void send(HttpExchange exchange, HttpReply reply) {
    EventLoop loop = context().channel().eventLoop();
    if (loop.inEventLoop()) {
      write(exchange, reply);
      return;
    }
    try {
      loop.execute(() -> write(exchange, reply));
    } catch (RejectedExecutionException e) {
      reply.body().release(); // the engine was closed meanwhile, and this connection with it
    }
  }

  /** Runs {@code task} later on the event loop, unless the result is cancelled. */
  Future<?> schedule(Duration delay, Runnable task) {
    return context().channel().eventLoop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void write(HttpExchange exchange, HttpReply reply) {
    ChannelHandlerContext ctx = context();
    current = null;
    exchange.cancelTimeout();
    if (!ctx.channel().isActive()) {
      engine.ended();
      reply.body().release();
      return;
    }
    // What was read already is answered even while draining.
    boolean stays =
        keepAlive && !(engine.isDraining() && waiting.isEmpty() && !decoder.isInsideRequest());
    ByteBuf bytes =
        ResponseBytes.of(
            ctx.alloc(),
            reply,
            stays ? ResponseBytes.Ending.KEEP_ALIVE : ResponseBytes.Ending.CLOSE,
            exchange.method().equals("HEAD"));
    if (!stays) {
      depart(bytes).addListener(sent -> engine.ended());
      return;
    }
    clock.enter(ConnectionClock.Phase.ANSWERING, System.nanoTime());
    unsent++;
    ctx.write(bytes).addListener(left);
    if (reading) {
      flushDue = true;
    } else {
      ctx.flush();
    }
    readOn();
  }

  private void answered() {
    unsent--;
    engine.ended();
    if (unsent == 0 && current == null && head == null) {
      clock.enter(
          decoder.isInsideRequest() ? ConnectionClock.Phase.HEADERS : ConnectionClock.Phase.IDLE,
          System.nanoTime());
    }
  }

  // Handlers that answer at once lead back here: the outermost call does the work of all.
  private void readOn() {
    if (readingOn || closing) {
      return;
    }
    readingOn = true;
    try {
      while (canAccept() && !closing) {
        HttpObject next = waiting.poll();
        if (next == null) {
          context().channel().config().setAutoRead(true);
          return;
        }
        accept(next);
      }
    } finally {
      readingOn = false;
    }
  }

  private void dropWaiting() {
    HttpObject next = waiting.poll();
    while (next != null) {
      ReferenceCountUtil.release(next);
      next = waiting.poll();
    }
  }

  private void dropRequest() {
    head = null;
    body.drop();
  }

  /** Closes the connection unless it is busy; the busy one closes itself after its answer. */
  void closeWhenIdle() {
    boolean receiving = head != null || !waiting.isEmpty() || decoder.isInsideRequest();
    if (!receiving && current == null && unsent == 0 && !closing) {
      context().close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // the peer is gone, or speaks something else: nobody is left to answer
  }
}
