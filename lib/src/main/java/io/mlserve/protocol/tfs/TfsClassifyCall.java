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

/** One {@code :classify}. */
final class TfsClassifyCall extends TfsRestCall {
  private int examples; // known once the request is read

  TfsClassifyCall(HttpExchange exchange, Target target, TfsRest.Limits limits) {
    super(exchange, target, limits);
  }

  @Override
  InferRequest read(RequestJson json, Servable servable, TensorMemory memory) throws IOException {
    Classifications classifier = Classifications.of(servable.signature());
    List<Map<String, ExampleFeature>> all = ExamplesRequest.read(json);
    examples = all.size();
    return new InferRequest(
        ExampleInputs.of(all, servable.signature(), memory), classifier.outputs());
  }

  @Override
  public boolean answer(Servable servable, InferRequest request, Map<String, Value> outputs) {
    List<List<Classifications.Scored>> rows =
        Classifications.of(servable.signature()).read(outputs, examples);
    return send(servable, json -> write(json, rows));
  }

  private static void write(JsonGenerator json, List<List<Classifications.Scored>> rows)
      throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("results");
    for (List<Classifications.Scored> row : rows) {
      json.writeStartArray();
      for (Classifications.Scored scored : row) {
        json.writeStartArray();
        json.writeString(scored.label());
        json.writeNumber(scored.score());
        json.writeEndArray();
      }
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
