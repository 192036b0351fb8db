package io.mlserve.protocol.tfs;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mlserve.model.Tensor;
import io.mlserve.wire.tensorflow.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes one output, as content or in the field of its type. */
final class TfsGrpcOutput {
  private TfsGrpcOutput() {}

  /** The message; it is a view of the tensor's memory and valid as long as that is. */
  static TensorProto write(Tensor tensor, boolean asContent) {
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setDtype(TfsGrpcTypes.dataType(tensor.type()))
            .setTensorShape(TfsGrpcTypes.shape(tensor.shape().toArray()));
    if (tensor instanceof Tensor.Strings strings) {
      for (String value : strings.values()) {
        proto.addStringVal(ByteString.copyFromUtf8(value));
      }
      return proto.build();
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data().duplicate().order(ByteOrder.nativeOrder());
    if (asContent) {
      // Not copied: gRPC writes a message out before it returns from sending it.
      proto.setTensorContent(UnsafeByteOperations.unsafeWrap(data));
    } else if (TfsGrpcField.of(tensor.type()) == TfsGrpcField.FLOAT8_VAL) {
      proto.setFloat8Val(UnsafeByteOperations.unsafeWrap(data));
    } else {
      while (data.hasRemaining()) {
        TfsGrpcField.add(proto, tensor.type(), data);
      }
    }
    return proto.build();
  }
}
