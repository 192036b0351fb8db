package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.model.Signature;
import io.mlserve.model.TensorSpec;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * What a model is: its metadata, and its configuration in Triton's form. Tensors that the protocol
 * has no datatype for are left out of both.
 */
final class OipJsonModel {
  private OipJsonModel() {}

  static OipJson.Content metadata(String model, Collection<Long> versions, Signature signature) {
    return json -> {
      json.writeStartObject();
      json.writeStringField("name", model);
      json.writeArrayFieldStart("versions");
      for (long version : versions) {
        json.writeString(Long.toString(version));
      }
      json.writeEndArray();
      json.writeStringField("platform", OipServer.PLATFORM);
      tensors(json, "inputs", signature.inputs());
      tensors(json, "outputs", signature.tensorOutputs());
      json.writeEndObject();
    };
  }

  private static void tensors(JsonGenerator json, String key, List<TensorSpec> specs)
      throws IOException {
    json.writeArrayFieldStart(key);
    for (TensorSpec spec : specs) {
      String datatype = OipTypes.datatype(spec.type()).orElse("");
      if (!datatype.isEmpty()) {
        json.writeStartObject();
        json.writeStringField("name", spec.name());
        json.writeStringField("datatype", datatype);
        dims(json, "shape", spec);
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void dims(JsonGenerator json, String key, TensorSpec spec) throws IOException {
    long[] dims = spec.shape().toArray();
    json.writeFieldName(key);
    json.writeArray(dims, 0, dims.length);
  }

  /**
   * The configuration that Triton would have to be given for this model. There is no batching, so
   * the largest batch is 0 and shapes are whole, the outermost dimension included.
   *
   * @param threads how many requests run at once
   */
  static OipJson.Content configuration(
      String model, Collection<Long> versions, Signature signature, int threads) {
    return json -> {
      json.writeStartObject();
      json.writeStringField("name", model);
      json.writeStringField("platform", OipServer.PLATFORM);
      json.writeStringField("backend", "onnxruntime");
      json.writeObjectFieldStart("version_policy");
      json.writeObjectFieldStart("specific");
      json.writeArrayFieldStart("versions");
      for (long version : versions) {
        json.writeNumber(version);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndObject();
      json.writeNumberField("max_batch_size", 0);
      inputs(json, signature.inputs());
      outputs(json, signature.tensorOutputs());
      json.writeArrayFieldStart("instance_group");
      json.writeStartObject();
      json.writeStringField("name", model);
      json.writeStringField("kind", "KIND_CPU");
      json.writeNumberField("count", threads);
      json.writeEndObject();
      json.writeEndArray();
      json.writeObjectFieldStart("parameters");
      json.writeEndObject();
      json.writeArrayFieldStart("model_warmup");
      json.writeEndArray();
      json.writeObjectFieldStart("model_transaction_policy");
      json.writeBooleanField("decoupled", false);
      json.writeEndObject();
      json.writeEndObject();
    };
  }

  private static void inputs(JsonGenerator json, List<TensorSpec> specs) throws IOException {
    json.writeArrayFieldStart("input");
    for (TensorSpec spec : specs) {
      if (startTensor(json, spec)) {
        json.writeStringField("format", "FORMAT_NONE");
        json.writeBooleanField("is_shape_tensor", false);
        json.writeBooleanField("allow_ragged_batch", false);
        json.writeBooleanField("optional", false);
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void outputs(JsonGenerator json, List<TensorSpec> specs) throws IOException {
    json.writeArrayFieldStart("output");
    for (TensorSpec spec : specs) {
      if (startTensor(json, spec)) {
        json.writeStringField("label_filename", "");
        json.writeBooleanField("is_shape_tensor", false);
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static boolean startTensor(JsonGenerator json, TensorSpec spec) throws IOException {
    String type = OipTypes.configType(spec.type()).orElse("");
    if (type.isEmpty()) {
      return false;
    }
    json.writeStartObject();
    json.writeStringField("name", spec.name());
    json.writeStringField("data_type", type);
    dims(json, "dims", spec);
    return true;
  }
}
