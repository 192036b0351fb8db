package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 over TCP, with TLS or without, or over a socket in the file system. The address is
 * looked up once, at {@link #open}, so that no request waits for a name server.
 */
final class HttpWire implements Wire {
  private final Loops loops;
  private final SocketAddress address;
  private final Class<? extends Channel> channelType;
  private final String name;
  private final List<Header> headers;
  private final boolean compress;
  private final Endpoint endpoint;
  private final @Nullable SslContext tls; // null for plain http

  private HttpWire(Endpoint endpoint, Access access, SocketAddress address, int threads) {
    this.endpoint = endpoint;
    this.headers = access.headers();
    this.compress = access.compress();
    this.address = address;
    this.name =
        endpoint instanceof Endpoint.Remote remote
            ? remote.host() + ":" + remote.port()
            : endpoint.text();
    this.channelType = channelType(endpoint);
    this.tls =
        endpoint instanceof Endpoint.Remote remote && remote.isSecure()
            ? TlsClient.forHttp(access)
            : null;
    this.loops = new Loops(threads);
  }

  /** The caller closes it. */
  static HttpWire open(Endpoint endpoint, Access access, int threads) {
    return new HttpWire(endpoint, access, address(endpoint), threads);
  }

  @Override
  public List<EventLoop> loops() {
    return loops.all();
  }

  @Override
  public boolean isShared() {
    return false;
  }

  @Override
  public Prepared prepare(List<Request> requests, Schedule schedule, boolean answersMatter) {
    return new Encoded(
        requests.stream()
            .map(Request.Http.class::cast)
            .map(request -> compress ? request.compressed() : request)
            .map(this::encode)
            .toList());
  }

  @Override
  public void close() {
    loops.close();
  }

  /** {@code host:port} as it was looked up, for messages. */
  String address() {
    return name;
  }

  /** Begins to connect; {@code last} then gets the bytes of responses. */
  ChannelFuture connect(EventLoop loop, ChannelHandler last) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(channelType)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0); // the exchange keeps the time
    if (endpoint instanceof Endpoint.Http) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true);
    }
    return bootstrap
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                ChannelPipeline pipeline = channel.pipeline();
                if (tls != null && endpoint instanceof Endpoint.Remote remote) {
                  pipeline.addLast(tls.newHandler(channel.alloc(), remote.host(), remote.port()));
                }
                pipeline.addLast(last);
              }
            })
        .connect(address);
  }

  private ByteBuf encode(Request.Http request) {
    StringBuilder head = new StringBuilder(256);
    head.append(request.method()).append(' ').append(prefix()).append(request.path());
    head.append(" HTTP/1.1\r\n");
    if (headers.stream().noneMatch(header -> header.is("host"))) {
      head.append("Host: ").append(authority()).append("\r\n");
    }
    head.append("User-Agent: mlserve-bench\r\n");
    request.headers().stream()
        .filter(
            header ->
                headers.stream().noneMatch(ours -> ours.name().equalsIgnoreCase(header.name())))
        .forEach(header -> append(head, header));
    headers.forEach(header -> append(head, header));
    if (request.body().length > 0 || !request.method().equals("GET")) {
      head.append("Content-Length: ").append(request.body().length).append("\r\n");
    }
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    ByteBuf bytes = Unpooled.directBuffer(start.length + request.body().length);
    return bytes.writeBytes(start).writeBytes(request.body());
  }

  private static void append(StringBuilder head, Header header) {
    head.append(header.name()).append(": ").append(header.value()).append("\r\n");
  }

  private String prefix() {
    return endpoint instanceof Endpoint.Http http
        ? http.uri().getRawPath().replaceAll("/+$", "")
        : "";
  }

  private String authority() {
    return endpoint instanceof Endpoint.Http http ? http.uri().getRawAuthority() : "localhost";
  }

  private static SocketAddress address(Endpoint endpoint) {
    if (endpoint instanceof Endpoint.Unix unix) {
      Path socket = unix.socket();
      return Loops.isEpoll()
          ? new DomainSocketAddress(socket.toString())
          : UnixDomainSocketAddress.of(socket);
    }
    Endpoint.Remote remote = (Endpoint.Remote) endpoint;
    return lookUp(remote);
  }

  static InetSocketAddress lookUp(Endpoint.Remote remote) {
    try {
      return new InetSocketAddress(InetAddress.getByName(remote.host()), remote.port());
    } catch (UnknownHostException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE,
          remote.host() + ": no such host (expected: a name that resolves)",
          e);
    }
  }

  private static Class<? extends Channel> channelType(Endpoint endpoint) {
    boolean epoll = Loops.isEpoll();
    if (endpoint instanceof Endpoint.Unix) {
      return epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
    }
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  private final class Encoded implements Prepared {
    private final List<ByteBuf> requests;

    Encoded(List<ByteBuf> requests) {
      this.requests = requests;
    }

    @Override
    public Exchange exchange(EventLoop loop, Duration timeout, Exchange.Listener listener) {
      return new HttpExchange(HttpWire.this, loop, timeout, requests, listener);
    }

    @Override
    public void close() {
      requests.forEach(ByteBuf::release); // a write under way holds its own
    }
  }
}
