package io.mlserve.protocol.oip;

import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.ValueSpec;
import io.mlserve.serving.Found;
import io.mlserve.serving.Lease;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.Servable;
import io.mlserve.serving.ServableStatistics;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;
import io.mlserve.wire.oip.DataType;
import io.mlserve.wire.oip.InferBatchStatistics;
import io.mlserve.wire.oip.InferStatistics;
import io.mlserve.wire.oip.ModelConfig;
import io.mlserve.wire.oip.ModelConfigResponse;
import io.mlserve.wire.oip.ModelInput;
import io.mlserve.wire.oip.ModelInstanceGroup;
import io.mlserve.wire.oip.ModelMetadataResponse;
import io.mlserve.wire.oip.ModelMetadataResponse.TensorMetadata;
import io.mlserve.wire.oip.ModelOutput;
import io.mlserve.wire.oip.ModelStatistics;
import io.mlserve.wire.oip.ModelStatisticsResponse;
import io.mlserve.wire.oip.ModelTransactionPolicy;
import io.mlserve.wire.oip.ModelVersionPolicy;
import io.mlserve.wire.oip.RepositoryIndexResponse;
import io.mlserve.wire.oip.RepositoryIndexResponse.ModelIndex;
import io.mlserve.wire.oip.StatisticDuration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** What the gRPC service says of models. */
final class OipGrpcModels {
  private final ModelRegistry models;
  private final int threads;

  /**
   * @param threads how many inferences run at once
   */
  OipGrpcModels(ModelRegistry models, int threads) {
    this.models = models;
    this.threads = threads;
  }

  /** Those of the server that gRPC has: bytes need no extension here, and classes are none. */
  static List<String> extensions(boolean repository) {
    return OipServer.extensions(repository).stream()
        .filter(name -> !name.equals("binary_tensor_data"))
        .toList();
  }

  /** False also for what nobody knows. */
  boolean isReady(Target target) {
    Found found = models.find(target);
    if (found instanceof Found.Leased leased) {
      leased.lease().close();
      return true;
    }
    return false;
  }

  private <T> T ask(Target target, Function<Servable, T> question) {
    Found found = models.find(target);
    if (found instanceof Found.Absent absent) {
      throw OipAbsence.explain(target, absent.why());
    }
    try (Lease<Servable> lease = ((Found.Leased) found).lease()) {
      return question.apply(lease.value());
    }
  }

  ModelMetadataResponse metadata(Target target) {
    return ask(target, servable -> metadata(target, servable));
  }

  private ModelMetadataResponse metadata(Target target, Servable servable) {
    ModelMetadataResponse.Builder metadata =
        ModelMetadataResponse.newBuilder()
            .setName(servable.name().text())
            .setPlatform(OipServer.PLATFORM);
    if (target.version() instanceof VersionChoice.Newest) {
      loaded(target.model()).forEach(version -> metadata.addVersions(Long.toString(version)));
    } else {
      metadata.addVersions(Long.toString(servable.version()));
    }
    for (TensorSpec input : servable.signature().inputs()) {
      metadata.addInputs(tensor(input));
    }
    for (ValueSpec output : servable.signature().outputs()) {
      if (output instanceof TensorSpec tensor && OipGrpcRequest.isCarried(tensor)) {
        metadata.addOutputs(tensor(tensor));
      }
    }
    return metadata.build();
  }

  // In ascending order, as Triton has it.
  private List<Long> loaded(String model) {
    return models
        .model(model)
        .map(served -> served.loadedVersions().stream().sorted().toList())
        .orElse(List.of());
  }

  private static TensorMetadata tensor(TensorSpec spec) {
    TensorMetadata.Builder tensor =
        TensorMetadata.newBuilder()
            .setName(spec.name())
            .setDatatype(OipTypes.datatype(spec.type()).orElse(spec.type().name()));
    for (long dim : spec.shape().toArray()) {
      tensor.addShape(dim);
    }
    return tensor.build();
  }

  ModelConfigResponse config(Target target) {
    return ask(target, servable -> config(servable.name().text(), servable.signature()));
  }

  // There is no batching: the largest batch is 0, and shapes are whole.
  private ModelConfigResponse config(String name, Signature signature) {
    ModelConfig.Builder config =
        ModelConfig.newBuilder()
            .setName(name)
            .setPlatform(OipServer.PLATFORM)
            .setBackend("onnxruntime")
            .setVersionPolicy(
                ModelVersionPolicy.newBuilder()
                    .setSpecific(
                        ModelVersionPolicy.Specific.newBuilder().addAllVersions(loaded(name))))
            .addInstanceGroup(
                ModelInstanceGroup.newBuilder()
                    .setName(name)
                    .setKind(ModelInstanceGroup.Kind.KIND_CPU)
                    .setCount(threads))
            .setModelTransactionPolicy(ModelTransactionPolicy.getDefaultInstance());
    for (TensorSpec input : signature.inputs()) {
      ModelInput.Builder tensor =
          ModelInput.newBuilder().setName(input.name()).setDataType(dataType(input));
      dims(input.shape()).forEach(tensor::addDims);
      config.addInput(tensor);
    }
    for (TensorSpec output : signature.tensorOutputs()) {
      if (OipGrpcRequest.isCarried(output)) {
        ModelOutput.Builder tensor =
            ModelOutput.newBuilder().setName(output.name()).setDataType(dataType(output));
        dims(output.shape()).forEach(tensor::addDims);
        config.addOutput(tensor);
      }
    }
    return ModelConfigResponse.newBuilder().setConfig(config).build();
  }

  private static List<Long> dims(Shape shape) {
    return Arrays.stream(shape.toArray()).boxed().toList();
  }

  private static DataType dataType(TensorSpec spec) {
    return OipTypes.configType(spec.type()).map(DataType::valueOf).orElse(DataType.TYPE_INVALID);
  }

  /** Of all models if {@code name} is empty, of all loaded versions if {@code version} is. */
  ModelStatisticsResponse statistics(String name, String version) {
    ModelStatisticsResponse.Builder response = ModelStatisticsResponse.newBuilder();
    if (name.isEmpty()) {
      for (ServedModel model : models.all()) {
        addStatistics(response, model.name().text());
      }
    } else if (version.isEmpty()) {
      ask(new Target(name, VersionChoice.NEWEST), Servable::version); // that there is one
      addStatistics(response, name);
    } else {
      ModelStatistics one = ask(OipGrpcTarget.of(name, version), OipGrpcModels::statistics);
      response.addModelStats(one);
    }
    return response.build();
  }

  private void addStatistics(ModelStatisticsResponse.Builder response, String model) {
    for (long version : loaded(model)) {
      Found found = models.find(new Target(model, new VersionChoice.Specific(version)));
      if (found instanceof Found.Leased leased) { // else it went meanwhile
        try (Lease<Servable> lease = leased.lease()) {
          response.addModelStats(statistics(lease.value()));
        }
      }
    }
  }

  private static ModelStatistics statistics(Servable servable) {
    ServableStatistics.Snapshot read = servable.statistics().read();
    ModelStatistics.Builder statistics =
        ModelStatistics.newBuilder()
            .setName(servable.name().text())
            .setVersion(Long.toString(servable.version()))
            .setLastInference(read.lastMillis())
            .setInferenceCount(read.rows())
            .setExecutionCount(read.executions())
            .setInferenceStats(
                InferStatistics.newBuilder()
                    .setSuccess(duration(read.success()))
                    .setFail(duration(read.failure()))
                    .setQueue(duration(read.queue()))
                    .setComputeInput(duration(read.input()))
                    .setComputeInfer(duration(read.infer()))
                    .setComputeOutput(duration(read.output()))
                    // There is no cache; clients want to read so.
                    .setCacheHit(StatisticDuration.getDefaultInstance())
                    .setCacheMiss(StatisticDuration.getDefaultInstance()));
    for (ServableStatistics.BatchDurations batch : read.batches()) {
      statistics.addBatchStats(
          InferBatchStatistics.newBuilder()
              .setBatchSize(batch.size())
              .setComputeInput(duration(batch.input()))
              .setComputeInfer(duration(batch.infer()))
              .setComputeOutput(duration(batch.output())));
    }
    return statistics.build();
  }

  private static StatisticDuration duration(ServableStatistics.Duration duration) {
    return StatisticDuration.newBuilder()
        .setCount(duration.count())
        .setNs(duration.nanos())
        .build();
  }

  RepositoryIndexResponse index(boolean readyOnly) {
    RepositoryIndexResponse.Builder index = RepositoryIndexResponse.newBuilder();
    for (OipIndexEntry entry : OipIndexEntry.all(models)) {
      if (!readyOnly || entry.state().equals(OipIndexEntry.READY)) {
        index.addModels(
            ModelIndex.newBuilder()
                .setName(entry.name())
                .setVersion(entry.version())
                .setState(entry.state())
                .setReason(entry.reason()));
      }
    }
    return index.build();
  }
}
