package io.mlserve.protocol.oip;

import io.mlserve.model.ElementType;
import io.mlserve.wire.oip.InferTensorContents;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The fields of {@code InferTensorContents}, each for some of the element types. */
enum OipGrpcField {
  BOOL_CONTENTS,
  INT_CONTENTS,
  INT64_CONTENTS,
  UINT_CONTENTS,
  UINT64_CONTENTS,
  FP32_CONTENTS,
  FP64_CONTENTS,
  BYTES_CONTENTS;

  /** The field for elements of {@code type}; empty for those that come raw only. */
  static Optional<OipGrpcField> of(ElementType type) {
    return switch (type) {
      case BOOL -> Optional.of(BOOL_CONTENTS);
      case INT8, INT16, INT32 -> Optional.of(INT_CONTENTS);
      case INT64 -> Optional.of(INT64_CONTENTS);
      case UINT8, UINT16, UINT32 -> Optional.of(UINT_CONTENTS);
      case UINT64 -> Optional.of(UINT64_CONTENTS);
      case FLOAT -> Optional.of(FP32_CONTENTS);
      case DOUBLE -> Optional.of(FP64_CONTENTS);
      case STRING -> Optional.of(BYTES_CONTENTS);
      case FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          Optional.empty();
    };
  }

  int count(InferTensorContents contents) {
    return switch (this) {
      case BOOL_CONTENTS -> contents.getBoolContentsCount();
      case INT_CONTENTS -> contents.getIntContentsCount();
      case INT64_CONTENTS -> contents.getInt64ContentsCount();
      case UINT_CONTENTS -> contents.getUintContentsCount();
      case UINT64_CONTENTS -> contents.getUint64ContentsCount();
      case FP32_CONTENTS -> contents.getFp32ContentsCount();
      case FP64_CONTENTS -> contents.getFp64ContentsCount();
      case BYTES_CONTENTS -> contents.getBytesContentsCount();
    };
  }

  /**
   * Copies all elements to {@code data}, which has room for them.
   *
   * @return the index of the first that does not fit into {@code type}, or -1 if all did
   */
  static int copy(InferTensorContents contents, ElementType type, ByteBuffer data) {
    switch (type) {
      case BOOL -> {
        for (int i = 0; i < contents.getBoolContentsCount(); i++) {
          data.put((byte) (contents.getBoolContents(i) ? 1 : 0));
        }
      }
      case INT64 -> {
        for (int i = 0; i < contents.getInt64ContentsCount(); i++) {
          data.putLong(contents.getInt64Contents(i));
        }
      }
      case UINT64 -> {
        for (int i = 0; i < contents.getUint64ContentsCount(); i++) {
          data.putLong(contents.getUint64Contents(i));
        }
      }
      case FLOAT -> {
        for (int i = 0; i < contents.getFp32ContentsCount(); i++) {
          data.putFloat(contents.getFp32Contents(i));
        }
      }
      case DOUBLE -> {
        for (int i = 0; i < contents.getFp64ContentsCount(); i++) {
          data.putDouble(contents.getFp64Contents(i));
        }
      }
      case INT8, INT16, INT32 -> {
        return copySigned(contents, type.bytes(), data);
      }
      case UINT8, UINT16, UINT32 -> {
        return copyUnsigned(contents, type.bytes(), data);
      }
      case STRING, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new IllegalArgumentException("no field of numbers for " + type);
    }
    return -1;
  }

  private static int copySigned(InferTensorContents contents, int bytes, ByteBuffer data) {
    for (int i = 0; i < contents.getIntContentsCount(); i++) {
      int value = contents.getIntContents(i);
      int unused = Integer.SIZE - Byte.SIZE * bytes;
      if (value << unused >> unused != value) {
        return i;
      }
      put(value, bytes, data);
    }
    return -1;
  }

  private static int copyUnsigned(InferTensorContents contents, int bytes, ByteBuffer data) {
    for (int i = 0; i < contents.getUintContentsCount(); i++) {
      int value = contents.getUintContents(i);
      int unused = Integer.SIZE - Byte.SIZE * bytes;
      if (value << unused >>> unused != value) {
        return i;
      }
      put(value, bytes, data);
    }
    return -1;
  }

  private static void put(int value, int bytes, ByteBuffer data) {
    switch (bytes) {
      case 1 -> data.put((byte) value);
      case 2 -> data.putShort((short) value);
      default -> data.putInt(value);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
