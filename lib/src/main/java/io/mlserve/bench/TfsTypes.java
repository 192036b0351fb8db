package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;

/** Element types by TensorFlow's names. */
final class TfsTypes {
  private TfsTypes() {}

  /** {@code DT_FLOAT}. */
  static String dtype(ElementType type) {
    return switch (type) {
      case FLOAT16 -> "DT_HALF";
      case FLOAT8E4M3FN -> "DT_FLOAT8_E4M3FN";
      case FLOAT8E4M3FNUZ -> "DT_FLOAT8_E4M3FNUZ";
      case FLOAT8E5M2 -> "DT_FLOAT8_E5M2";
      case FLOAT8E5M2FNUZ -> "DT_FLOAT8_E5M2FNUZ";
      case FLOAT,
          DOUBLE,
          BFLOAT16,
          INT8,
          INT16,
          INT32,
          INT64,
          UINT8,
          UINT16,
          UINT32,
          UINT64,
          BOOL,
          STRING ->
          "DT_" + type.name();
    };
  }

  /** The type that {@code dtype} names. */
  static ElementType type(String name, String dtype) {
    for (ElementType type : ElementType.values()) {
      if (dtype(type).equals(dtype)) {
        return type;
      }
    }
    throw new MlserveException(
        ErrorCode.UNIMPLEMENTED,
        "'%s': type '%s' (expected: numbers, texts or booleans)".formatted(name, dtype));
  }
}
