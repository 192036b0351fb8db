package io.mlserve.server;

import io.mlserve.config.TfsConfig;
import io.mlserve.grpc.CallsInProgress;
import io.mlserve.grpc.GrpcEngine;
import io.mlserve.grpc.GrpcOptions;
import io.mlserve.grpc.Readiness;
import io.mlserve.protocol.oip.OipGrpc;
import io.mlserve.protocol.tfs.TfsGrpc;
import io.mlserve.protocol.tfs.TfsGrpcModels;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.ModelControl;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.store.TimestampFile;
import io.mlserve.transport.EventLoops;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The gRPC services of a server, on one engine. */
final class GrpcFront {
  private GrpcFront() {}

  /** Starts to listen; the caller closes the engine. */
  static GrpcEngine open(
      GrpcOptions port,
      EventLoops loops,
      ServerOptions options,
      ModelRegistry models,
      InferencePool pool,
      BooleanSupplier draining) {
    CallsInProgress calls = new CallsInProgress();
    Readiness readiness = readiness(models, draining);
    TfsGrpc predictions =
        new TfsGrpc(
            models,
            pool,
            calls,
            new TfsGrpc.Limits(options.requestTimeout(), port.limits().maxMessageBytes()));
    OipGrpc inference =
        new OipGrpc(
            models,
            pool,
            calls,
            new OipGrpc.Settings(
                options.requestTimeout(),
                options.threads(),
                readiness::isReady,
                Optional.<ModelControl>of(models).filter(any -> options.modelControl())));
    return GrpcEngine.open(
        port, loops, List.of(predictions, states(models, options), inference), readiness, calls);
  }

  private static TfsGrpcModels states(ModelRegistry models, ServerOptions options) {
    return new TfsGrpcModels(
        models,
        Optional.<TfsGrpcModels.Replacing>of(
                config -> models.apply(TfsConfig.models(config, TimestampFile.DEFAULT_NAME), true))
            .filter(any -> options.modelControl()));
  }

  private static Readiness readiness(ModelRegistry models, BooleanSupplier draining) {
    return new Readiness() {
      @Override
      public boolean isReady() {
        return !draining.getAsBoolean() && models.isReady();
      }

      @Override
      public Optional<Boolean> isReady(String model) {
        return models
            .model(model)
            .map(served -> !draining.getAsBoolean() && served.servedVersion().isPresent());
      }
    };
  }
}
