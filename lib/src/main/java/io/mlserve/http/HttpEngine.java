package io.mlserve.http;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.tls.TlsFiles;
import io.mlserve.transport.EventLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Listens on one address and gives whole requests to one handler. Draining is in three steps, in
 * this order: {@link #drain}, {@link #awaitIdle}, {@link #close}.
 */
public final class HttpEngine implements AutoCloseable {
  private final HttpHandler handler;
  private final HttpLimits limits;
  private final Optional<SslContext> tls;
  private final EventLoops loops;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicInteger inProgress = new AtomicInteger();
  private final Channel listener;
  private volatile boolean draining;

  private HttpEngine(
      InetSocketAddress address,
      EventLoops loops,
      HttpLimits limits,
      Optional<TlsFiles> tls,
      HttpHandler handler) {
    this.handler = handler;
    this.limits = limits;
    this.tls = tls.map(HttpTls::read);
    this.loops = loops;
    this.listener = bind(address);
  }

  /**
   * Starts to listen. {@code UNAVAILABLE} if the address is taken or not ours, {@code
   * INVALID_ARGUMENT} if its name is not known.
   *
   * @param loops on which everything happens; they must outlive the engine
   */
  public static HttpEngine open(
      InetSocketAddress address, EventLoops loops, HttpLimits limits, HttpHandler handler) {
    return open(address, loops, limits, Optional.empty(), handler);
  }

  /** The same over TLS if there is a certificate; {@code NOT_FOUND} if that cannot be read. */
  public static HttpEngine open(
      InetSocketAddress address,
      EventLoops loops,
      HttpLimits limits,
      Optional<TlsFiles> tls,
      HttpHandler handler) {
    if (address.isUnresolved()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "host '" + address.getHostString() + "' (expected: an address of this machine)");
    }
    return new HttpEngine(address, loops, limits, tls, handler);
  }

  private Channel bind(InetSocketAddress address) {
    ServerBootstrap server =
        new ServerBootstrap()
            .group(loops.group())
            .channelFactory(loops::listener)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    tls.ifPresent(
                        context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
                    StrictRequestDecoder decoder = new StrictRequestDecoder(limits);
                    channel
                        .pipeline()
                        .addLast(decoder)
                        .addLast(new HttpConnection(HttpEngine.this, limits, decoder));
                  }
                });
    try {
      return server.bind(address).syncUninterruptibly().channel();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // thrown unchecked by Netty: a BindException
      throw new MlserveException(
              ErrorCode.UNAVAILABLE,
              "cannot listen on "
                  + address.getHostString()
                  + ":"
                  + address.getPort()
                  + ": "
                  + e.getMessage(),
              e)
          .withHint("choose another port with --port, or 0 for a free one");
    }
  }

  /** The port that it listens on, also when 0 was asked for. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  HttpHandler handler() {
    return handler;
  }

  /** Whether a new connection may stay. */
  boolean opened(Channel channel) {
    if (connections.size() >= limits.maxConnections()) {
      return false;
    }
    return connections.add(channel);
  }

  void closed(Channel channel) {
    connections.remove(channel);
  }

  void begun() {
    inProgress.incrementAndGet();
  }

  void ended() {
    inProgress.decrementAndGet();
  }

  /** Requests handed to the handler whose answer has not left yet. */
  public int inProgress() {
    return inProgress.get();
  }

  boolean isDraining() {
    return draining;
  }

  /**
   * From now on every answer ends its connection, and nobody new is let in. Requests that come on
   * open connections are still answered.
   */
  public void drain() {
    draining = true;
    listener.close().syncUninterruptibly();
    // Connections that were accepted before are known once their loops have passed this point.
    loops.pass();
  }

  /**
   * Waits until no connection is left: busy ones end with their answer, idle ones get {@code grace}
   * to send what they were about to send.
   *
   * @return whether all requests were answered within {@code limit}
   */
  public boolean awaitIdle(Duration grace, Duration limit) throws InterruptedException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < limit.toNanos()) {
      if (connections.isEmpty()) {
        return true;
      }
      if (System.nanoTime() - start > grace.toNanos()) {
        for (Channel channel : connections) {
          HttpConnection connection = channel.pipeline().get(HttpConnection.class);
          if (connection != null) {
            channel.eventLoop().execute(connection::closeWhenIdle);
          }
        }
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return inProgress.get() == 0;
  }

  /** Closes every connection, whatever it is doing. */
  @Override
  public void close() {
    draining = true;
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
  }
}
