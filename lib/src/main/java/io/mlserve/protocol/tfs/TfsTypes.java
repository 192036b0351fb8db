package io.mlserve.protocol.tfs;

import io.mlserve.model.ElementType;

/** Element types by TensorFlow's names. */
final class TfsTypes {
  private TfsTypes() {}

  /** As in metadata: {@code DT_FLOAT}. */
  static String dtype(ElementType type) {
    return switch (type) {
      case FLOAT -> "DT_FLOAT";
      case DOUBLE -> "DT_DOUBLE";
      case FLOAT16 -> "DT_HALF";
      case BFLOAT16 -> "DT_BFLOAT16";
      case FLOAT8E4M3FN -> "DT_FLOAT8_E4M3FN";
      case FLOAT8E4M3FNUZ -> "DT_FLOAT8_E4M3FNUZ";
      case FLOAT8E5M2 -> "DT_FLOAT8_E5M2";
      case FLOAT8E5M2FNUZ -> "DT_FLOAT8_E5M2FNUZ";
      case INT8 -> "DT_INT8";
      case INT16 -> "DT_INT16";
      case INT32 -> "DT_INT32";
      case INT64 -> "DT_INT64";
      case UINT8 -> "DT_UINT8";
      case UINT16 -> "DT_UINT16";
      case UINT32 -> "DT_UINT32";
      case UINT64 -> "DT_UINT64";
      case BOOL -> "DT_BOOL";
      case STRING -> "DT_STRING";
    };
  }

  /** As in messages: {@code float}. */
  static String shortName(ElementType type) {
    return type == ElementType.FLOAT16 ? "half" : type.name().toLowerCase(java.util.Locale.ROOT);
  }
}
