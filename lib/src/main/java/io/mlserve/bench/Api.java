package io.mlserve.bench;

import java.util.Arrays;
import java.util.Optional;

/** The languages in which a model can be asked. */
public enum Api {
  /** TensorFlow Serving's REST API. */
  TFS_REST("tfs-rest"),
  /** The Open Inference Protocol with tensors as JSON. */
  V2("v2"),
  /** The same with tensors as bytes after the JSON. */
  V2_BINARY("v2-binary"),
  /** The Open Inference Protocol over gRPC. */
  V2_GRPC("v2-grpc"),
  /** TensorFlow Serving's gRPC API. */
  TFS_GRPC("tfs-grpc"),
  /** Any HTTP request; nothing is known of a model. */
  RAW("raw"),
  /** No language: the model runs in this process. */
  INPROC("inproc");

  private final String word;

  Api(String word) {
    this.word = word;
  }

  /** What the command line and reports call it. */
  public String word() {
    return word;
  }

  /** The one of that word. */
  public static Optional<Api> of(String word) {
    return Arrays.stream(values()).filter(api -> api.word.equals(word)).findFirst();
  }

  /** The one that is meant when none is named. */
  public static Api usual(Endpoint endpoint) {
    if (endpoint instanceof Endpoint.Grpc) {
      return V2_GRPC;
    }
    return endpoint instanceof Endpoint.InProcess ? INPROC : TFS_REST;
  }

  /** Whether an endpoint of that kind can be asked in it. */
  public boolean fits(Endpoint endpoint) {
    return switch (this) {
      case TFS_REST, V2, V2_BINARY, RAW ->
          endpoint instanceof Endpoint.Http || endpoint instanceof Endpoint.Unix;
      case V2_GRPC, TFS_GRPC -> endpoint instanceof Endpoint.Grpc;
      case INPROC -> endpoint instanceof Endpoint.InProcess;
    };
  }
}
