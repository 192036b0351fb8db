package io.mlserve.protocol.tfs;

import io.mlserve.http.HttpExchange;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.serving.Servable;
import io.mlserve.serving.Target;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.util.Map;

/** One {@code :predict}. */
final class TfsPredictCall extends TfsRestCall {
  private PredictRequest.Format format = PredictRequest.Format.ROW; // until the request is read

  TfsPredictCall(HttpExchange exchange, Target target, TfsRest.Limits limits) {
    super(exchange, target, limits);
  }

  @Override
  InferRequest read(RequestJson json, Servable servable, TensorMemory memory) throws IOException {
    PredictRequest request = PredictRequest.read(json, servable.signature(), memory);
    format = request.format();
    return InferRequest.of(request.inputs());
  }

  @Override
  public boolean answer(Servable servable, InferRequest request, Map<String, Value> outputs) {
    return send(servable, PredictResponse.of(outputs, format));
  }
}
