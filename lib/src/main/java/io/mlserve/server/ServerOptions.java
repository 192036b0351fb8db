package io.mlserve.server;

import io.mlserve.grpc.GrpcOptions;
import io.mlserve.http.HttpLimits;
import io.mlserve.serving.ServingOptions;
import io.mlserve.tls.TlsFiles;
import io.mlserve.transport.Transport;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * All that a server needs to know besides its models.
 *
 * @param address to listen on; port 0 for a free one
 * @param threads event loops, each of which reads requests and runs fast models; and as many more
 *     for each version of a slow model
 * @param maxInFlight requests under way at once; more get 429
 * @param requestTimeout after which a request gets 504
 * @param drain how it stops
 * @param grpc how it listens for gRPC, if it does
 * @param modelControl whether clients of the ports for requests may load, unload and replace models
 * @param tls for HTTP, operators included; plain text without it
 * @param admin listener of operators, if there is to be one
 * @param cors whether web pages of other origins may use the HTTP port for requests
 * @param transport of the event loops
 */
public record ServerOptions(
    InetSocketAddress address,
    int threads,
    int maxInFlight,
    Duration requestTimeout,
    HttpLimits http,
    ServingOptions serving,
    Drain drain,
    Optional<Grpc> grpc,
    boolean modelControl,
    Optional<TlsFiles> tls,
    Optional<Admin> admin,
    boolean cors,
    Transport transport) {

  /** HTTP alone, as plain text, and nobody may change the models. */
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
        false,
        Optional.empty(),
        Optional.empty(),
        false,
        Transport.AUTO);
  }

  /**
   * The listener for gRPC.
   *
   * @param required whether a server that cannot listen there must not start
   */
  public record Grpc(GrpcOptions listening, boolean required) {}

  /**
   * Where operators are listened to.
   *
   * @param address port 0 for a free one
   * @param required whether a server that cannot listen there must not start
   * @param tokenFile whose content they have to show; without it everybody who gets there may ask
   * @param page whether there is a page for browsers
   */
  public record Admin(
      InetSocketAddress address, boolean required, Optional<Path> tokenFile, boolean page) {}

  /**
   * How a server stops.
   *
   * @param delay for which it says that it is not ready and goes on as before, so that load
   *     balancers can look elsewhere
   * @param timeout for requests under way after that
   */
  public record Drain(Duration delay, Duration timeout) {}
}
