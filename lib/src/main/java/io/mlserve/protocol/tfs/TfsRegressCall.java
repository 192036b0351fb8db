package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.http.HttpExchange;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.serving.Servable;
import io.mlserve.serving.Target;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** One {@code :regress}. */
final class TfsRegressCall extends TfsRestCall {
  private int examples; // known once the request is read

  TfsRegressCall(HttpExchange exchange, Target target, TfsRest.Limits limits) {
    super(exchange, target, limits);
  }

  @Override
  InferRequest read(RequestJson json, Servable servable, TensorMemory memory) throws IOException {
    Regressions regressor = Regressions.of(servable.signature());
    List<Map<String, ExampleFeature>> all = ExamplesRequest.read(json);
    examples = all.size();
    return new InferRequest(
        ExampleInputs.of(all, servable.signature(), memory), regressor.outputs());
  }

  @Override
  public boolean answer(Servable servable, InferRequest request, Map<String, Value> outputs) {
    float[] values = Regressions.of(servable.signature()).read(outputs, examples);
    return send(servable, json -> write(json, values));
  }

  private static void write(JsonGenerator json, float[] values) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("results");
    for (float value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
