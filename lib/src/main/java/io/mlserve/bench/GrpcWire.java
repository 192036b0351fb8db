package io.mlserve.bench;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * gRPC: few connections, each with many requests under way. Every connection stays on one event
 * loop, and so does all that its calls report.
 */
final class GrpcWire implements Wire {
  private static final int LARGEST_ANSWER = 256 << 20;

  private final Endpoint.Grpc endpoint;
  private final InetSocketAddress address;
  private final Metadata metadata;
  private final CallOptions options;
  private final @Nullable SslContext tls; // null for plain text
  private final Loops loops;

  private GrpcWire(Endpoint.Grpc endpoint, Access access, int threads) {
    this.endpoint = endpoint;
    this.address = HttpWire.lookUp(endpoint);
    this.metadata = metadata(access);
    this.options =
        access.compress() ? CallOptions.DEFAULT.withCompression("gzip") : CallOptions.DEFAULT;
    this.tls = endpoint.isSecure() ? TlsClient.forGrpc(access) : null;
    this.loops = new Loops(threads);
  }

  /** The caller closes it. */
  static GrpcWire open(Endpoint.Grpc endpoint, Access access, int threads) {
    return new GrpcWire(endpoint, access, threads);
  }

  @Override
  public List<EventLoop> loops() {
    return loops.all();
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Prepared prepare(List<Request> requests, Schedule schedule, boolean answersMatter) {
    Map<EventLoop, List<ManagedChannel>> channels = new HashMap<>();
    List<EventLoop> all = loops.all();
    for (int i = 0; i < Math.max(schedule.connections(), all.size()); i++) {
      EventLoop loop = all.get(i % all.size());
      channels.computeIfAbsent(loop, l -> new ArrayList<>()).add(channel(loop));
    }
    return new Encoded(requests.stream().map(Request.Grpc.class::cast).toList(), channels);
  }

  @Override
  public void close() {
    loops.close();
  }

  private ManagedChannel channel(EventLoop loop) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(address)
            .eventLoopGroup(loop)
            .channelType(Loops.isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class)
            .directExecutor()
            .disableRetry()
            .userAgent("mlserve-bench")
            .overrideAuthority(endpoint.host() + ":" + endpoint.port())
            .maxInboundMessageSize(LARGEST_ANSWER);
    SslContext secure = tls;
    return (secure == null ? builder.usePlaintext() : builder.sslContext(secure)).build();
  }

  private static Metadata metadata(Access access) {
    Metadata metadata = new Metadata();
    for (Header header : access.headers()) {
      metadata.put(
          Metadata.Key.of(
              header.name().toLowerCase(java.util.Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER),
          header.value());
    }
    return metadata;
  }

  private final class Encoded implements Prepared {
    private final List<Request.Grpc> requests;
    private final Map<EventLoop, List<ManagedChannel>> channels;
    private final Map<EventLoop, Integer> handedOut = new HashMap<>();

    Encoded(List<Request.Grpc> requests, Map<EventLoop, List<ManagedChannel>> channels) {
      this.requests = requests;
      this.channels = channels;
    }

    // event loops ask for more while they run
    @Override
    public synchronized Exchange exchange(
        EventLoop loop, Duration timeout, Exchange.Listener listener) {
      List<ManagedChannel> ours = channels.getOrDefault(loop, List.of());
      int number = handedOut.merge(loop, 1, Integer::sum);
      ManagedChannel channel = ours.get(number % ours.size());
      GrpcExchange.Calls calls = new GrpcExchange.Calls(requests, options, metadata);
      return new GrpcExchange(channel, loop, calls, timeout, listener);
    }

    @Override
    public void close() {
      channels.values().forEach(list -> list.forEach(ManagedChannel::shutdownNow));
    }
  }
}
