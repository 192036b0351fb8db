package io.mlserve.grpc;

import io.grpc.BindableService;
import io.grpc.DecompressorRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.transport.EventLoops;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Listens on one address and gives calls to services, on its event loops: a service must not wait
 * there. Health and reflection are its own. Draining is in three steps, in this order: {@link
 * #drain}, {@link #awaitIdle}, {@link #close}.
 */
public final class GrpcEngine implements AutoCloseable {
  private static final int FLOW_CONTROL_WINDOW = 1 << 20;
  private static final long LOOK_MILLIS = 200; // how old what watchers of health know may be

  private final CallsInProgress calls;
  private final HealthService health;
  private final Server server;
  private final Future<?> looks;

  private GrpcEngine(
      GrpcOptions options,
      EventLoops loops,
      List<? extends BindableService> services,
      Readiness readiness,
      CallsInProgress calls) {
    GrpcLogs.redirect();
    List<ServerServiceDefinition> definitions =
        services.stream().map(service -> StrictMessages.of(service.bindService())).toList();
    Set<String> names =
        definitions.stream()
            .map(definition -> definition.getServiceDescriptor().getName())
            .collect(Collectors.toSet());
    this.calls = calls;
    this.health = new HealthService(names, readiness);
    NettyServerBuilder builder = builder(options, loops);
    definitions.forEach(builder::addService);
    this.server = start(builder, options.address());
    this.looks =
        loops
            .group()
            .scheduleAtFixedRate(health::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Starts to listen. {@code UNAVAILABLE} if the address is taken or not ours, {@code
   * INVALID_ARGUMENT} if its name is not known or the key does not fit.
   *
   * @param loops on which everything happens; they must outlive the engine
   * @param readiness what health answers
   * @param calls where services with streams report what is under way in them; closed with the
   *     engine, or at once if it does not open
   */
  public static GrpcEngine open(
      GrpcOptions options,
      EventLoops loops,
      List<? extends BindableService> services,
      Readiness readiness,
      CallsInProgress calls) {
    boolean open = false;
    try {
      if (options.address().isUnresolved()) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "host '"
                + options.address().getHostString()
                + "' (expected: an address of this machine)");
      }
      GrpcEngine engine = new GrpcEngine(options, loops, services, readiness, calls);
      open = true;
      return engine;
    } finally {
      if (!open) {
        calls.close();
      }
    }
  }

  private static NettyServerBuilder builder(GrpcOptions options, EventLoops loops) {
    ServerCredentials credentials =
        options.tls().map(GrpcTls::read).orElseGet(InsecureServerCredentials::create);
    NettyServerBuilder builder;
    try {
      builder = NettyServerBuilder.forAddress(options.address(), credentials);
    } catch (IllegalArgumentException e) {
      throw options.tls().map(files -> files.unusable(e)).orElseThrow(() -> e);
    }
    GrpcLimits limits = options.limits();
    return builder
        .maxInboundMessageSize(limits.maxMessageBytes())
        .maxInboundMetadataSize(limits.maxMetadataBytes())
        .maxConcurrentCallsPerConnection(limits.maxCallsPerConnection())
        .flowControlWindow(FLOW_CONTROL_WINDOW)
        .handshakeTimeout(limits.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS)
        .maxConnectionIdle(limits.idleTimeout().toNanos(), TimeUnit.NANOSECONDS)
        .maxConnectionAge(limits.maxAge().toNanos(), TimeUnit.NANOSECONDS)
        .keepAliveTime(limits.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
        .keepAliveTimeout(limits.keepAlive().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveTime(limits.minPingInterval().toNanos(), TimeUnit.NANOSECONDS)
        .permitKeepAliveWithoutCalls(true)
        .withOption(ChannelOption.SO_BACKLOG, 1024)
        .withOption(ChannelOption.SO_REUSEADDR, true)
        .channelFactory(() -> listener(loops, limits.maxConnections()))
        .bossEventLoopGroup(loops.group())
        .workerEventLoopGroup(loops.group())
        .directExecutor();
  }

  private static ServerChannel listener(EventLoops loops, int maxConnections) {
    ServerChannel listener = loops.listener();
    listener.pipeline().addLast(new ConnectionLimit(maxConnections));
    return listener;
  }

  private Server start(NettyServerBuilder builder, InetSocketAddress address) {
    try {
      return builder
          .addService(health)
          .addService(ProtoReflectionServiceV1.newInstance())
          .addService(olderReflection())
          .decompressorRegistry(DecompressorRegistry.getDefaultInstance().with(new Deflate(), true))
          .intercept(new CallGuard(calls))
          .build()
          .start();
    } catch (IOException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new MlserveException(
              ErrorCode.UNAVAILABLE,
              "cannot listen on "
                  + address.getHostString()
                  + ":"
                  + address.getPort()
                  + ": "
                  + reason.getMessage(),
              e)
          .withHint("choose another port with --grpc-port, 0 for a free one, off for none");
    }
  }

  @SuppressWarnings("deprecation") // v1alpha: what many clients still ask first, or only
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  /** The port that it listens on, also when 0 was asked for. */
  public int port() {
    return server.getPort();
  }

  /** Requests that came whose answer has not left yet. */
  public int inProgress() {
    return calls.count();
  }

  /** Lets no new connection in and asks the open ones to go once they have their answers. */
  public void drain() {
    health.drain();
    server.shutdown();
    calls.drain();
  }

  /**
   * Waits until every request has its answer and the connections are gone; those that are idle and
   * stay all the same get {@code grace}.
   *
   * @return whether all requests were answered within {@code limit}
   */
  public boolean awaitIdle(Duration grace, Duration limit) throws InterruptedException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < limit.toNanos()) {
      if (server.awaitTermination(10, TimeUnit.MILLISECONDS)) {
        return true;
      }
      if (calls.count() == 0 && System.nanoTime() - start > grace.toNanos()) {
        return true;
      }
    }
    return calls.count() == 0;
  }

  /** Ends every call, whatever it is doing. */
  @Override
  public void close() {
    looks.cancel(false);
    health.drain();
    server.shutdownNow();
    try {
      server.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    calls.close();
  }
}
