package io.mlserve.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import io.mlserve.model.ElementType;
import java.util.Optional;

/** Element types as ONNX Runtime names them, and back. */
final class ElementTypes {
  private ElementTypes() {}

  /** The type, or empty for those that cannot be fed or fetched (complex, 4-bit). */
  static Optional<ElementType> of(OnnxTensorType type) {
    return switch (type) {
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> Optional.of(ElementType.FLOAT);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> Optional.of(ElementType.DOUBLE);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> Optional.of(ElementType.FLOAT16);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> Optional.of(ElementType.BFLOAT16);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> Optional.of(ElementType.INT8);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> Optional.of(ElementType.INT16);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> Optional.of(ElementType.INT32);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> Optional.of(ElementType.INT64);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> Optional.of(ElementType.UINT8);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> Optional.of(ElementType.UINT16);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> Optional.of(ElementType.UINT32);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> Optional.of(ElementType.UINT64);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> Optional.of(ElementType.BOOL);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> Optional.of(ElementType.STRING);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FN -> Optional.of(ElementType.FLOAT8E4M3FN);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FNUZ -> Optional.of(ElementType.FLOAT8E4M3FNUZ);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2 -> Optional.of(ElementType.FLOAT8E5M2);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2FNUZ -> Optional.of(ElementType.FLOAT8E5M2FNUZ);
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED,
          ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX64,
          ONNX_TENSOR_ELEMENT_DATA_TYPE_COMPLEX128 ->
          Optional.empty();
    };
  }

  /** The carrier that the Java binding has for a type; empty where it has none. */
  static Optional<OnnxJavaType> carrier(ElementType type) {
    return switch (type) {
      case FLOAT -> Optional.of(OnnxJavaType.FLOAT);
      case DOUBLE -> Optional.of(OnnxJavaType.DOUBLE);
      case FLOAT16 -> Optional.of(OnnxJavaType.FLOAT16);
      case BFLOAT16 -> Optional.of(OnnxJavaType.BFLOAT16);
      case INT8 -> Optional.of(OnnxJavaType.INT8);
      case INT16 -> Optional.of(OnnxJavaType.INT16);
      case INT32 -> Optional.of(OnnxJavaType.INT32);
      case INT64 -> Optional.of(OnnxJavaType.INT64);
      case UINT8 -> Optional.of(OnnxJavaType.UINT8);
      case BOOL -> Optional.of(OnnxJavaType.BOOL);
      case STRING -> Optional.of(OnnxJavaType.STRING);
      case UINT16, UINT32, UINT64, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          Optional.empty();
    };
  }
}
