package io.mlserve.model;

/** The element types of ONNX tensors that can be fed and fetched, by their names in ONNX. */
public enum ElementType {
  FLOAT(4),
  DOUBLE(8),
  FLOAT16(2),
  BFLOAT16(2),
  FLOAT8E4M3FN(1),
  FLOAT8E4M3FNUZ(1),
  FLOAT8E5M2(1),
  FLOAT8E5M2FNUZ(1),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  BOOL(1),
  STRING(0);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element in memory; 0 for strings, which have no fixed size. */
  public int bytes() {
    return bytes;
  }
}
