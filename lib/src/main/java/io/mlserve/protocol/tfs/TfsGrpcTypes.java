package io.mlserve.protocol.tfs;

import io.mlserve.model.ElementType;
import io.mlserve.model.TensorSpec;
import io.mlserve.wire.tensorflow.DataType;
import io.mlserve.wire.tensorflow.TensorShapeProto;

/** Types and shapes as TensorFlow's messages have them. */
final class TfsGrpcTypes {
  private TfsGrpcTypes() {}

  static DataType dataType(ElementType type) {
    return DataType.valueOf(TfsTypes.dtype(type));
  }

  /** With -1 for what a request chooses. */
  static TensorShapeProto shape(TensorSpec spec) {
    return shape(spec.shape().toArray());
  }

  static TensorShapeProto shape(long[] dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(dim));
    }
    return shape.build();
  }
}
