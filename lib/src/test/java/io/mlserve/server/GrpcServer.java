package io.mlserve.server;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.mlserve.grpc.GrpcLimits;
import io.mlserve.grpc.GrpcOptions;
import io.mlserve.http.HttpLimits;
import io.mlserve.model.ModelName;
import io.mlserve.serving.ServingOptions;
import io.mlserve.store.ModelFolder;
import io.mlserve.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real server with its gRPC port, and a channel to that. */
public final class GrpcServer implements AutoCloseable {
  public static final int MOST_MESSAGE_BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ModelServer server;
  private final ManagedChannel channel;

  private GrpcServer(ModelServer server) {
    this.server = server;
    this.channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), server.grpcPort().orElseThrow()))
            .usePlaintext()
            .build();
  }

  /** Serves {@code folders} by name, and waits until each one can answer. */
  public static GrpcServer serving(Map<String, Path> folders) {
    return serving(folders, 2, PATIENCE);
  }

  public static GrpcServer serving(
      Map<String, Path> folders, int threads, Duration requestTimeout) {
    return serving(folders, threads, requestTimeout, false);
  }

  /** With clients that may load, unload and replace models. */
  public static GrpcServer controlled(Map<String, Path> folders) {
    return serving(folders, 2, PATIENCE, true);
  }

  private static GrpcServer serving(
      Map<String, Path> folders, int threads, Duration requestTimeout, boolean control) {
    Map<ModelName, ModelFolder> models = new LinkedHashMap<>();
    folders.forEach(
        (name, path) -> models.put(new ModelName(name), new ModelFolder(path, "fluid_time_file")));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    GrpcServer server =
        new GrpcServer(
            ModelServer.open(
                ModelSources.of(models),
                new ServerOptions(
                    any,
                    threads,
                    64,
                    requestTimeout,
                    HttpLimits.defaults(),
                    ServingOptions.defaults(),
                    new ServerOptions.Drain(Duration.ZERO, PATIENCE),
                    Optional.of(
                        new ServerOptions.Grpc(
                            new GrpcOptions(
                                any,
                                GrpcLimits.defaults().withMaxMessageBytes(MOST_MESSAGE_BYTES),
                                Optional.empty()),
                            true)),
                    control,
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    Transport.AUTO)));
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(server.server.models()::isReady);
    return server;
  }

  public ModelServer server() {
    return server;
  }

  public ManagedChannel channel() {
    return channel;
  }

  /** The status with which {@code call} fails. */
  public static Status failure(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
    throw new AssertionError("it was answered");
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
