package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;

/** Element types by the names of the Open Inference Protocol. */
final class OipTypes {
  private OipTypes() {}

  /** {@code UNIMPLEMENTED} for those that the protocol cannot carry. */
  static String datatype(String name, ElementType type) {
    return switch (type) {
      case FLOAT -> "FP32";
      case DOUBLE -> "FP64";
      case FLOAT16 -> "FP16";
      case BFLOAT16 -> "BF16";
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> type.name();
      case STRING -> "BYTES";
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new MlserveException(
                  ErrorCode.UNIMPLEMENTED,
                  "'%s': %s (expected: a type of the Open Inference Protocol)"
                      .formatted(name, type))
              .withHint("--api tfs-grpc carries it");
    };
  }

  /** The type that {@code datatype} names. */
  static ElementType type(String name, String datatype) {
    return switch (datatype) {
      case "FP32" -> ElementType.FLOAT;
      case "FP64" -> ElementType.DOUBLE;
      case "FP16" -> ElementType.FLOAT16;
      case "BF16" -> ElementType.BFLOAT16;
      case "BYTES" -> ElementType.STRING;
      default -> {
        try {
          yield ElementType.valueOf(datatype);
        } catch (IllegalArgumentException e) {
          throw new MlserveException(
              ErrorCode.UNIMPLEMENTED,
              "'%s': datatype '%s' (expected: one like FP32)".formatted(name, datatype),
              e);
        }
      }
    };
  }
}
