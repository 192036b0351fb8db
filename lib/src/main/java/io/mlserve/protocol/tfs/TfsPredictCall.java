package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonParser;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpReply;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Value;
import io.mlserve.serving.Found;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.Servable;
import io.mlserve.serving.Target;
import io.mlserve.serving.TensorMemory;
import io.netty.buffer.ByteBuf;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.Map;

/** One {@code :predict}. */
final class TfsPredictCall implements InferencePool.Call {
  private final HttpExchange exchange;
  private final Target target;
  private final TfsRest.Limits limits;
  private PredictRequest.Format format = PredictRequest.Format.ROW; // until the request is read

  TfsPredictCall(HttpExchange exchange, Target target, TfsRest.Limits limits) {
    this.exchange = exchange;
    this.target = target;
    this.limits = limits;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public String protocol() {
    return TfsRest.PROTOCOL;
  }

  @Override
  public long startNanos() {
    return exchange.startNanos();
  }

  @Override
  public boolean isOver() {
    return exchange.isAnswered();
  }

  @Override
  public InferRequest decode(Servable servable, TensorMemory memory) throws IOException {
    try (JsonParser json = TfsJson.parser(RequestBody.open(exchange, limits.maxBodyBytes()))) {
      PredictRequest request = PredictRequest.read(json, servable.signature(), memory);
      format = request.format();
      return InferRequest.of(request.inputs());
    } catch (CharConversionException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "JSON Parse error: the body is no UTF-8 text", e);
    }
  }

  @Override
  public boolean answer(Servable servable, InferRequest request, Map<String, Value> outputs) {
    ByteBuf body = TfsJson.write(json -> PredictResponse.write(json, outputs, format));
    return exchange.respond(
        new HttpReply(200, HttpReply.JSON, body)
            .with("X-Model-Version", Long.toString(servable.version())));
  }

  @Override
  public MlserveException explain(Found.Absence why) {
    return TfsAbsence.explain(target, why);
  }

  @Override
  public void fail(MlserveException why) {
    TfsRest.reply(exchange, why);
  }

  @Override
  public void finish() {
    exchange.finish();
  }
}
