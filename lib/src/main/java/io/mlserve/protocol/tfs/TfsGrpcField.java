package io.mlserve.protocol.tfs;

import io.mlserve.model.ElementType;
import io.mlserve.wire.tensorflow.TensorProto;
import java.nio.ByteBuffer;
import java.util.Locale;

/** The fields of {@code TensorProto} for elements, each for some of the element types. */
enum TfsGrpcField {
  FLOAT_VAL,
  DOUBLE_VAL,
  INT_VAL,
  STRING_VAL,
  INT64_VAL,
  BOOL_VAL,
  HALF_VAL,
  UINT32_VAL,
  UINT64_VAL,
  FLOAT8_VAL;

  static TfsGrpcField of(ElementType type) {
    return switch (type) {
      case FLOAT -> FLOAT_VAL;
      case DOUBLE -> DOUBLE_VAL;
      case INT8, INT16, INT32, UINT8, UINT16 -> INT_VAL;
      case STRING -> STRING_VAL;
      case INT64 -> INT64_VAL;
      case BOOL -> BOOL_VAL;
      case FLOAT16, BFLOAT16 -> HALF_VAL;
      case UINT32 -> UINT32_VAL;
      case UINT64 -> UINT64_VAL;
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> FLOAT8_VAL;
    };
  }

  int count(TensorProto tensor) {
    return switch (this) {
      case FLOAT_VAL -> tensor.getFloatValCount();
      case DOUBLE_VAL -> tensor.getDoubleValCount();
      case INT_VAL -> tensor.getIntValCount();
      case STRING_VAL -> tensor.getStringValCount();
      case INT64_VAL -> tensor.getInt64ValCount();
      case BOOL_VAL -> tensor.getBoolValCount();
      case HALF_VAL -> tensor.getHalfValCount();
      case UINT32_VAL -> tensor.getUint32ValCount();
      case UINT64_VAL -> tensor.getUint64ValCount();
      case FLOAT8_VAL -> tensor.getFloat8Val().size();
    };
  }

  /**
   * Copies all elements to {@code data}, which has room for them.
   *
   * @return the index of the first that does not fit into {@code type}, or -1 if all did
   */
  int copy(TensorProto tensor, ElementType type, ByteBuffer data) {
    int count = count(tensor);
    for (int i = 0; i < count; i++) {
      switch (this) {
        case FLOAT_VAL -> data.putFloat(tensor.getFloatVal(i));
        case DOUBLE_VAL -> data.putDouble(tensor.getDoubleVal(i));
        case INT64_VAL -> data.putLong(tensor.getInt64Val(i));
        case BOOL_VAL -> data.put((byte) (tensor.getBoolVal(i) ? 1 : 0));
        case UINT32_VAL -> data.putInt(tensor.getUint32Val(i));
        case UINT64_VAL -> data.putLong(tensor.getUint64Val(i));
        case FLOAT8_VAL -> data.put(tensor.getFloat8Val().byteAt(i));
        case HALF_VAL, INT_VAL -> {
          int value = this == HALF_VAL ? tensor.getHalfVal(i) : tensor.getIntVal(i);
          if (!fits(value, type)) {
            return i;
          }
          put(value, type, data);
        }
        case STRING_VAL -> throw new IllegalArgumentException("strings are no numbers");
      }
    }
    return -1;
  }

  private static boolean fits(int value, ElementType type) {
    return switch (type) {
      case INT8 -> value == (byte) value;
      case INT16 -> value == (short) value;
      case UINT8 -> value >>> 8 == 0;
      case UINT16, FLOAT16, BFLOAT16 -> value >>> 16 == 0;
      case INT32 -> true;
      case FLOAT,
          DOUBLE,
          FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ,
          INT64,
          UINT32,
          UINT64,
          BOOL,
          STRING ->
          throw new IllegalArgumentException(type + " has a field of its own");
    };
  }

  private static void put(int value, ElementType type, ByteBuffer data) {
    switch (type.bytes()) {
      case 1 -> data.put((byte) value);
      case 2 -> data.putShort((short) value);
      default -> data.putInt(value);
    }
  }

  /** Adds the next element of {@code data} to {@code tensor}. */
  static void add(TensorProto.Builder tensor, ElementType type, ByteBuffer data) {
    switch (type) {
      case FLOAT -> tensor.addFloatVal(data.getFloat());
      case DOUBLE -> tensor.addDoubleVal(data.getDouble());
      case INT8 -> tensor.addIntVal(data.get());
      case INT16 -> tensor.addIntVal(data.getShort());
      case INT32 -> tensor.addIntVal(data.getInt());
      case UINT8 -> tensor.addIntVal(data.get() & 0xff);
      case UINT16 -> tensor.addIntVal(data.getShort() & 0xffff);
      case FLOAT16, BFLOAT16 -> tensor.addHalfVal(data.getShort() & 0xffff);
      case INT64 -> tensor.addInt64Val(data.getLong());
      case BOOL -> tensor.addBoolVal(data.get() != 0);
      case UINT32 -> tensor.addUint32Val(data.getInt());
      case UINT64 -> tensor.addUint64Val(data.getLong());
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, STRING ->
          throw new IllegalArgumentException(type + " is written as a whole");
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
