package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpReply;
import io.mlserve.metrics.Protocol;
import io.mlserve.model.InferRequest;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.serving.Found;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.Servable;
import io.mlserve.serving.Target;
import io.mlserve.serving.TensorMemory;
import io.netty.buffer.ByteBuf;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * One request that runs a model: what {@code :predict}, {@code :classify} and {@code :regress}
 * share.
 */
abstract class TfsRestCall implements InferencePool.Call {
  private static final int LARGE = 128 << 10; // of JSON: half a millisecond of an event loop

  private final HttpExchange exchange;
  private final Target target;
  private final TfsRest.Limits limits;

  TfsRestCall(HttpExchange exchange, Target target, TfsRest.Limits limits) {
    this.exchange = exchange;
    this.target = target;
    this.limits = limits;
  }

  /** The request as tensors. */
  abstract InferRequest read(RequestJson json, Servable servable, TensorMemory memory)
      throws IOException;

  @Override
  public final Target target() {
    return target;
  }

  @Override
  public final Protocol protocol() {
    return TfsRest.PROTOCOL;
  }

  @Override
  public final long startNanos() {
    return exchange.startNanos();
  }

  @Override
  public final long deadlineNanos() {
    return exchange.startNanos() + limits.timeout().toNanos();
  }

  @Override
  public final boolean isLarge() {
    return exchange.body().readableBytes() > LARGE || exchange.header("content-encoding") != null;
  }

  @Override
  public final void waits() {
    exchange.onTimeout(
        limits.timeout().minusNanos(System.nanoTime() - startNanos()),
        () -> TfsRest.reply(exchange, limits.tooLate()));
  }

  @Override
  public final boolean isOver() {
    return exchange.isAnswered();
  }

  @Override
  public final InferRequest decode(Servable servable, TensorMemory memory) throws IOException {
    try (RequestJson json = RequestBody.open(exchange, limits.maxBodyBytes())) {
      return read(json, servable, memory);
    } catch (CharConversionException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "JSON Parse error: the body is no UTF-8 text", e);
    }
  }

  /** Sends {@code content}; returns whether somebody was waiting for it. */
  final boolean send(Servable servable, TfsJson.Content content) {
    return send(servable, TfsJson.write(content));
  }

  /** Sends {@code json}; returns whether somebody was waiting for it. */
  final boolean send(Servable servable, ByteBuf json) {
    return exchange.respond(
        new HttpReply(
            200,
            HttpReply.JSON,
            json,
            List.of(Map.entry("X-Model-Version", servable.versionText()))));
  }

  @Override
  public final MlserveException explain(Found.Absence why) {
    return TfsAbsence.explain(target, why);
  }

  @Override
  public final void fail(MlserveException why) {
    TfsRest.reply(exchange, why);
  }

  @Override
  public final void finish() {
    exchange.finish();
  }
}
