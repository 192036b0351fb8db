package io.mlserve.conformance;

import io.mlserve.batch.BatchOptions;
import io.mlserve.change.Backoff;
import io.mlserve.grpc.GrpcLimits;
import io.mlserve.grpc.GrpcOptions;
import io.mlserve.http.HttpLimits;
import io.mlserve.model.ModelName;
import io.mlserve.runtime.RuntimeOptions;
import io.mlserve.server.ModelServer;
import io.mlserve.server.ModelSources;
import io.mlserve.server.ServerOptions;
import io.mlserve.serving.ServingOptions;
import io.mlserve.store.ModelFolder;
import io.mlserve.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A server with every front door, for models that are never reloaded. */
final class ConformanceServer {
  private ConformanceServer() {}

  static ModelServer open(Map<ModelName, ModelFolder> folders) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ServingOptions serving =
        new ServingOptions(
            false,
            Duration.ofSeconds(1),
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
            false, // some models divide by their inputs
            false,
            RuntimeOptions.defaults(),
            BatchOptions.defaults());
    return ModelServer.open(
        ModelSources.of(folders),
        new ServerOptions(
            any,
            2,
            64,
            Duration.ofSeconds(60),
            HttpLimits.defaults(),
            serving,
            new ServerOptions.Drain(Duration.ZERO, Duration.ofSeconds(10)),
            Optional.of(
                new ServerOptions.Grpc(
                    new GrpcOptions(any, GrpcLimits.defaults(), Optional.empty()), true)),
            false,
            Optional.empty(),
            Optional.empty(),
            false,
            Transport.AUTO));
  }
}
