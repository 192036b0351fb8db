package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc;
import io.mlserve.wire.oip.InferParameter;
import io.mlserve.wire.oip.InferTensorContents;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferRequest.InferInputTensor;
import io.mlserve.wire.oip.ModelInferRequest.InferRequestedOutputTensor;
import io.mlserve.wire.tensorflow.DataType;
import io.mlserve.wire.tensorflow.TensorProto;
import io.mlserve.wire.tensorflow.TensorShapeProto;
import io.mlserve.wire.tfs.ModelSpec;
import io.mlserve.wire.tfs.PredictRequest;
import io.mlserve.wire.tfs.PredictionServiceGrpc;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A thousand malformed requests for each gRPC dialect, and a good one after them. */
@ExtendWith(NettyLeaks.class)
class MalformedMessagesTest {
  private static final int MANY = 1000;

  @TempDir Path folder;

  private GrpcServer serve() {
    return GrpcServer.serving(
        Map.of(
            "echo",
            Models.write(
                    Models.echo(List.of(ElementType.FLOAT, ElementType.INT64, ElementType.STRING)),
                    folder.resolve("echo/model.onnx"))
                .getParent()));
  }

  @Test
  void openInferenceRequestsAreAnsweredWithWhatIsWrong() {
    ModelInferRequest raw =
        ModelInferRequest.newBuilder()
            .setModelName("echo")
            .setModelVersion("1")
            .setId("7")
            .putParameters("any", InferParameter.newBuilder().setInt64Param(3).build())
            .addInputs(input("float", "FP32"))
            .addInputs(input("int64", "INT64"))
            .addInputs(input("string", "BYTES"))
            .addOutputs(InferRequestedOutputTensor.newBuilder().setName("float_out"))
            .addRawInputContents(ByteString.copyFrom(new byte[8]))
            .addRawInputContents(ByteString.copyFrom(new byte[16]))
            .addRawInputContents(ByteString.copyFrom(new byte[] {1, 0, 0, 0, 65, 0, 0, 0, 0}))
            .build();
    ModelInferRequest typed =
        ModelInferRequest.newBuilder()
            .setModelName("echo")
            .addInputs(
                input("float", "FP32")
                    .setContents(
                        InferTensorContents.newBuilder().addFp32Contents(1).addFp32Contents(2)))
            .addInputs(
                input("int64", "INT64")
                    .setContents(
                        InferTensorContents.newBuilder().addInt64Contents(1).addInt64Contents(2)))
            .addInputs(
                input("string", "BYTES")
                    .setContents(
                        InferTensorContents.newBuilder()
                            .addBytesContents(ByteString.copyFromUtf8("a"))
                            .addBytesContents(ByteString.EMPTY)))
            .build();
    try (GrpcServer server = serve()) {
      MalformedMessages malformed = new MalformedMessages(11);
      String method = GRPCInferenceServiceGrpc.getModelInferMethod().getFullMethodName();
      for (ModelInferRequest good : List.of(raw, typed)) {
        Map<Status.Code, Integer> counts = malformed.send(server.channel(), method, good, MANY / 2);
        assertThat(counts).containsKey(Status.Code.INVALID_ARGUMENT);
        assertThat(
                GRPCInferenceServiceGrpc.newBlockingStub(server.channel())
                    .modelInfer(good)
                    .getModelVersion())
            .isEqualTo("1");
      }
    }
  }

  private static InferInputTensor.Builder input(String name, String datatype) {
    return InferInputTensor.newBuilder().setName(name).setDatatype(datatype).addShape(2);
  }

  @Test
  void predictRequestsAreAnsweredWithWhatIsWrong() {
    PredictRequest good =
        PredictRequest.newBuilder()
            .setModelSpec(
                ModelSpec.newBuilder().setName("echo").setSignatureName("serving_default"))
            .putInputs("float", tensor(DataType.DT_FLOAT).addFloatVal(1).build())
            .putInputs(
                "int64",
                tensor(DataType.DT_INT64)
                    .setTensorContent(ByteString.copyFrom(new byte[16]))
                    .build())
            .putInputs(
                "string",
                tensor(DataType.DT_STRING).addStringVal(ByteString.copyFromUtf8("a")).build())
            .addOutputFilter("float_out")
            .build();
    try (GrpcServer server = serve()) {
      String method = PredictionServiceGrpc.getPredictMethod().getFullMethodName();
      Map<Status.Code, Integer> counts =
          new MalformedMessages(12).send(server.channel(), method, good, MANY);
      assertThat(counts).containsKey(Status.Code.INVALID_ARGUMENT);
      assertThat(
              PredictionServiceGrpc.newBlockingStub(server.channel()).predict(good).getOutputsMap())
          .containsOnlyKeys("float_out");
    }
  }

  private static TensorProto.Builder tensor(DataType type) {
    return TensorProto.newBuilder()
        .setDtype(type)
        .setTensorShape(
            TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(2)));
  }
}
