package io.mlserve.conformance;

import io.mlserve.conformance.OperatorTests.Case;
import io.mlserve.model.Tensor;
import io.mlserve.server.ModelServer;
import java.util.Map;
import java.util.Objects;

/** A protocol in one of its encodings. */
enum Protocol {
  TFS_REST,
  TFS_GRPC_CONTENT,
  TFS_GRPC_TYPED,
  OIP_REST_JSON,
  OIP_REST_BINARY,
  OIP_GRPC_RAW,
  OIP_GRPC_TYPED;

  Door open(ModelServer server) {
    int http = server.port();
    int grpc = server.grpcPort().orElseThrow();
    return switch (this) {
      case TFS_REST -> new TfsRestDoor(http);
      case TFS_GRPC_CONTENT -> new TfsGrpcDoor(grpc, true);
      case TFS_GRPC_TYPED -> new TfsGrpcDoor(grpc, false);
      case OIP_REST_JSON -> new OipRestDoor(http, false);
      case OIP_REST_BINARY -> new OipRestDoor(http, true);
      case OIP_GRPC_RAW -> new OipGrpcDoor(grpc, true);
      case OIP_GRPC_TYPED -> new OipGrpcDoor(grpc, false);
    };
  }

  /** What is different from what is expected, or an empty text. */
  static String difference(Door door, Case one) {
    try {
      Map<String, Tensor> actual = door.infer(one.name(), one.inputs(), one.expected());
      if (!actual.keySet().equals(one.expected().keySet())) {
        return "outputs " + actual.keySet() + " instead of " + one.expected().keySet();
      }
      for (Map.Entry<String, Tensor> output : one.expected().entrySet()) {
        String difference =
            Bytes.difference(
                output.getValue(), Objects.requireNonNull(actual.get(output.getKey())));
        if (!difference.isEmpty()) {
          return output.getKey() + ": " + difference;
        }
      }
      return "";
    } catch (Exception e) {
      return String.valueOf(e.getMessage());
    }
  }
}
