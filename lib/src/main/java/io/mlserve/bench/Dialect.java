package io.mlserve.bench;

import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import java.util.Map;
import java.util.Optional;

/** How one API asks about a model, asks the model, and how its answers are read. */
interface Dialect {
  /** What the server says about the model; fails if it is not there. */
  ServedModel describe(Questions server);

  /** What the model takes and gives. */
  Signature signature(Questions server);

  /** A request with these inputs. */
  Request request(Map<String, Tensor> inputs);

  /** A request whose body is this JSON document, where the API takes it as it is. */
  Optional<Request> request(byte[] bytes, JsonValue document);

  /** How answers are read when JSON documents are expected, or nothing is. */
  AnswerFormat documents();

  /** How answers are read when tensors are expected. */
  AnswerFormat tensors();

  /** The one for that target. */
  static Dialect of(Target target) {
    return switch (target.api()) {
      case TFS_REST -> new TfsRestDialect(target);
      case V2 -> new OipRestDialect(target, false);
      case V2_BINARY -> new OipRestDialect(target, true);
      case V2_GRPC -> new OipGrpcDialect(target);
      case TFS_GRPC -> new TfsGrpcDialect(target);
      case INPROC -> new LocalDialect(target);
      case RAW -> new RawDialect();
    };
  }
}
