package io.mlserve.server;

import io.mlserve.grpc.GrpcOptions;
import io.mlserve.http.HttpLimits;
import io.mlserve.serving.ServingOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * All that a server needs to know besides its models.
 *
 * @param address to listen on; port 0 for a free one
 * @param threads that run models
 * @param maxInFlight requests under way at once; more get 429
 * @param requestTimeout after which a request gets 504
 * @param drain how it stops
 * @param grpc how it listens for gRPC, if it does
 * @param modelControl whether clients of the ports for requests may load, unload and replace models
 */
public record ServerOptions(
    InetSocketAddress address,
    int threads,
    int maxInFlight,
    Duration requestTimeout,
    HttpLimits http,
    ServingOptions serving,
    Drain drain,
    Optional<GrpcOptions> grpc,
    boolean modelControl) {

  /** Without gRPC, and nobody may change the models. */
  public ServerOptions(
      InetSocketAddress address,
      int threads,
      int maxInFlight,
      Duration requestTimeout,
      HttpLimits http,
      ServingOptions serving,
      Drain drain) {
    this(
        address,
        threads,
        maxInFlight,
        requestTimeout,
        http,
        serving,
        drain,
        Optional.empty(),
        false);
  }

  /**
   * How a server stops.
   *
   * @param delay for which it says that it is not ready and goes on as before, so that load
   *     balancers can look elsewhere
   * @param timeout for requests under way after that
   */
  public record Drain(Duration delay, Duration timeout) {}
}
