package io.mlserve.protocol.oip;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import io.mlserve.serving.Servable;
import io.mlserve.wire.oip.InferTensorContents;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferRequest.InferRequestedOutputTensor;
import io.mlserve.wire.oip.ModelInferResponse;
import io.mlserve.wire.oip.ModelInferResponse.InferOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes outputs in the form in which the inputs came: raw, or in the fields of their types. */
final class OipGrpcResponse {
  private OipGrpcResponse() {}

  /** The message; it is a view of the outputs' memory and valid as long as that is. */
  static ModelInferResponse write(
      ModelInferRequest request, Servable servable, Map<String, Value> outputs) {
    boolean raw =
        request.getRawInputContentsCount() > 0
            || request.getInputsCount() == 0
            || outputs.values().stream().anyMatch(OipGrpcResponse::isRawOnly);
    ModelInferResponse.Builder response =
        ModelInferResponse.newBuilder()
            .setModelName(servable.name().text())
            .setModelVersion(Long.toString(servable.version()))
            .setId(request.getId());
    inOrder(request, outputs)
        .forEach(
            (name, tensor) -> {
              InferOutputTensor.Builder output =
                  InferOutputTensor.newBuilder()
                      .setName(name)
                      .setDatatype(OipTypes.datatype(tensor.type()).orElseThrow());
              for (int axis = 0; axis < tensor.shape().rank(); axis++) {
                output.addShape(tensor.shape().dim(axis));
              }
              if (raw) {
                response.addRawOutputContents(rawBytes(tensor));
              } else {
                output.setContents(typed(tensor));
              }
              response.addOutputs(output);
            });
    return response.build();
  }

  /** As asked for, in that order, or all; nothing but tensors was asked of the model. */
  private static Map<String, Tensor> inOrder(
      ModelInferRequest request, Map<String, Value> outputs) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (InferRequestedOutputTensor asked : request.getOutputsList()) {
      Tensor tensor = (Tensor) requireNonNull(outputs.get(asked.getName()));
      int classes = OipGrpcRequest.classes(asked);
      tensors.put(
          asked.getName(),
          classes > 0 ? OipRestClasses.largest((Tensor.Numbers) tensor, classes) : tensor);
    }
    if (tensors.isEmpty()) {
      outputs.forEach((name, value) -> tensors.put(name, (Tensor) value));
    }
    return tensors;
  }

  private static boolean isRawOnly(Value value) {
    return value instanceof Tensor tensor && OipGrpcField.of(tensor.type()).isEmpty();
  }

  private static ByteString rawBytes(Tensor tensor) {
    if (tensor instanceof Tensor.Numbers numbers) {
      // Not copied: gRPC writes a message out before it returns from sending it.
      return UnsafeByteOperations.unsafeWrap(numbers.data().duplicate());
    }
    String[] values = ((Tensor.Strings) tensor).values();
    byte[][] texts = new byte[values.length][];
    int size = 0;
    for (int i = 0; i < values.length; i++) {
      texts[i] = values[i].getBytes(StandardCharsets.UTF_8);
      size = Math.addExact(size, Integer.BYTES + texts[i].length);
    }
    ByteBuffer framed = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] text : texts) {
      framed.putInt(text.length).put(text);
    }
    return UnsafeByteOperations.unsafeWrap(framed.flip());
  }

  private static InferTensorContents typed(Tensor tensor) {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    if (tensor instanceof Tensor.Strings strings) {
      for (String value : strings.values()) {
        contents.addBytesContents(ByteString.copyFromUtf8(value));
      }
      return contents.build();
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data().duplicate().order(ByteOrder.nativeOrder());
    while (data.hasRemaining()) {
      add(contents, tensor, data);
    }
    return contents.build();
  }

  private static void add(InferTensorContents.Builder contents, Tensor tensor, ByteBuffer data) {
    switch (tensor.type()) {
      case BOOL -> contents.addBoolContents(data.get() != 0);
      case INT8 -> contents.addIntContents(data.get());
      case INT16 -> contents.addIntContents(data.getShort());
      case INT32 -> contents.addIntContents(data.getInt());
      case INT64 -> contents.addInt64Contents(data.getLong());
      case UINT8 -> contents.addUintContents(data.get() & 0xff);
      case UINT16 -> contents.addUintContents(data.getShort() & 0xffff);
      case UINT32 -> contents.addUintContents(data.getInt());
      case UINT64 -> contents.addUint64Contents(data.getLong());
      case FLOAT -> contents.addFp32Contents(data.getFloat());
      case DOUBLE -> contents.addFp64Contents(data.getDouble());
      case STRING, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new IllegalArgumentException("no field of numbers for " + tensor.type());
    }
  }
}
