package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.protocol.json.TensorWriter;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.VersionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;

/**
 * The JSON of TensorFlow Serving, tensors excepted. Not-a-number and infinities are bare tokens.
 */
final class TfsJson {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  private static final int ROOM = 64;
  private static final int ROOM_OF_NUMBER = 12;
  private static final int MOST_ROOM = 1 << 20;

  private TfsJson() {}

  /** Something that writes one JSON value. */
  @FunctionalInterface
  interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** A request of {@code bytes}, which stay the caller's. */
  static RequestJson request(ByteBuf bytes) {
    return new RequestJson(JSON, bytes);
  }

  static RequestJson request(InputStream bytes) {
    return new RequestJson(JSON, bytes);
  }

  /** A buffer that the caller releases or gives away. */
  static ByteBuf write(Content content) {
    ByteBuf bytes = ByteBufAllocator.DEFAULT.ioBuffer(1024);
    boolean written = false;
    try (JsonGenerator json = JSON.createGenerator((OutputStream) new ByteBufOutputStream(bytes))) {
      content.writeTo(json);
      written = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory has nothing to fail with
    } finally {
      if (!written) {
        bytes.release();
      }
    }
    return bytes;
  }

  /** An object of one key, which is plain, and numbers. */
  static ByteBuf numbers(String key, Tensor.Numbers numbers) {
    int room = (int) Math.min(MOST_ROOM, numbers.shape().elements() * ROOM_OF_NUMBER);
    ByteBuf bytes = ByteBufAllocator.DEFAULT.ioBuffer(ROOM + room);
    ByteBufUtil.writeAscii(bytes, "{\"" + key + "\":");
    TensorWriter.nested(numbers, bytes);
    bytes.writeByte('}');
    return bytes;
  }

  static ByteBuf error(String message) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("error", message);
          json.writeEndObject();
        });
  }

  static ByteBuf models(Collection<ServedModel> models) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("models");
          for (ServedModel model : models) {
            json.writeString(model.name().text());
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  static ByteBuf status(List<VersionStatus> versions) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("model_version_status");
          for (VersionStatus version : versions) {
            json.writeStartObject();
            json.writeStringField("version", Long.toString(version.version()));
            json.writeStringField("state", version.state().name());
            json.writeObjectFieldStart("status");
            json.writeStringField(
                "error_code",
                version.failure().map(failure -> TfsStatus.name(failure.code())).orElse("OK"));
            json.writeStringField(
                "error_message", version.failure().map(VersionStatus.Failure::message).orElse(""));
            json.writeEndObject();
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  static ByteBuf metadata(String model, long version, Signature signature) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeObjectFieldStart("model_spec");
          json.writeStringField("name", model);
          json.writeStringField("signature_name", "");
          json.writeStringField("version", Long.toString(version));
          json.writeEndObject();
          json.writeObjectFieldStart("metadata");
          json.writeObjectFieldStart("signature_def");
          json.writeObjectFieldStart("signature_def");
          json.writeObjectFieldStart(TfsSignature.NAME);
          tensors(json, "inputs", signature.inputs());
          tensors(json, "outputs", signature.tensorOutputs());
          json.writeStringField("method_name", "tensorflow/serving/predict");
          json.writeObjectFieldStart("defaults");
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  private static void tensors(JsonGenerator json, String key, List<TensorSpec> specs)
      throws IOException {
    json.writeObjectFieldStart(key);
    for (TensorSpec spec : specs) {
      json.writeObjectFieldStart(spec.name());
      json.writeStringField("dtype", TfsTypes.dtype(spec.type()));
      json.writeObjectFieldStart("tensor_shape");
      json.writeArrayFieldStart("dim");
      for (long dim : spec.shape().toArray()) {
        json.writeStartObject();
        json.writeStringField("size", Long.toString(dim));
        json.writeStringField("name", "");
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeBooleanField("unknown_rank", false);
      json.writeEndObject();
      json.writeStringField("name", spec.name() + ":0");
      json.writeEndObject();
    }
    json.writeEndObject();
  }
}
