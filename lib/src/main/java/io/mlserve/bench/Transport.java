package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The event loops and the way to one server. The address is looked up once, at {@link #open}, so
 * that no request waits for a name server.
 */
final class Transport implements AutoCloseable {
  private static final int LARGEST_ANSWER = 256 << 20;

  private final EventLoopGroup group;
  private final List<EventLoop> loops;
  private final InetSocketAddress address;
  private final @Nullable SslContext tls; // null for plain http

  private Transport(EventLoopGroup group, int threads, InetSocketAddress address, Target target) {
    this.group = group;
    this.loops = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      loops.add(group.next());
    }
    this.address = address;
    this.tls = target.isSecure() ? tls() : null;
  }

  /** The caller closes it. */
  static Transport open(Target target, int threads) {
    InetSocketAddress address = lookUp(target);
    DefaultThreadFactory names = new DefaultThreadFactory("bench", true);
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            threads,
            names,
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    return new Transport(group, threads, address, target);
  }

  List<EventLoop> loops() {
    return List.copyOf(loops);
  }

  /** {@code host:port} as it was looked up, for messages. */
  String address() {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Begins to connect; {@code last} then gets whole HTTP responses. */
  ChannelFuture connect(EventLoop loop, ChannelHandler last) {
    return new Bootstrap()
        .group(loop)
        .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0) // the connection keeps the time
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                ChannelPipeline pipeline = channel.pipeline();
                if (tls != null) {
                  pipeline.addLast(
                      tls.newHandler(channel.alloc(), address.getHostString(), address.getPort()));
                }
                pipeline.addLast(new HttpResponseDecoder());
                pipeline.addLast(new HttpObjectAggregator(LARGEST_ANSWER));
                pipeline.addLast(last);
              }
            })
        .connect(address);
  }

  /** Ends all connections. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  private static InetSocketAddress lookUp(Target target) {
    String host = target.base().getHost();
    try {
      return new InetSocketAddress(InetAddress.getByName(host), target.port());
    } catch (UnknownHostException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, host + ": no such host (expected: a name that resolves)", e);
    }
  }

  private static SslContext tls() {
    try {
      return SslContextBuilder.forClient().build();
    } catch (SSLException e) {
      throw new IllegalStateException("the platform has no TLS", e);
    }
  }
}
