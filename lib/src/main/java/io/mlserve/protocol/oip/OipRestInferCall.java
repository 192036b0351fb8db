package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.metrics.Protocol;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.model.Value;
import io.mlserve.serving.Found;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.Servable;
import io.mlserve.serving.Target;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One {@code infer}. */
final class OipRestInferCall implements InferencePool.Call {
  private static final int LARGE_TEXT = 128 << 10; // half a millisecond of an event loop
  private static final int LARGE_BYTES = 1 << 20; // which are only copied

  private final HttpExchange exchange;
  private final Target target;
  private final OipRest.Limits limits;
  private @Nullable OipRestRequest request; // once it is decoded
  private boolean waiting;

  OipRestInferCall(HttpExchange exchange, Target target, OipRest.Limits limits) {
    this.exchange = exchange;
    this.target = target;
    this.limits = limits;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public Protocol protocol() {
    return OipRest.PROTOCOL;
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
  public long deadlineNanos() {
    return startNanos() + limits.timeout().toNanos();
  }

  @Override
  public boolean isLarge() {
    int bytes = exchange.body().readableBytes();
    return bytes > LARGE_BYTES
        || (bytes > LARGE_TEXT && exchange.header(OipRestBody.JSON_LENGTH) == null)
        || exchange.header("content-encoding") != null;
  }

  // The limit that every request has; its own may shorten it once it is read.
  @Override
  public void waits() {
    waiting = true;
    Duration left = limits.timeout().minusNanos(System.nanoTime() - startNanos());
    exchange.onTimeout(left, () -> fail(tooLate(limits.timeout())));
  }

  @Override
  public InferRequest decode(Servable servable, TensorMemory memory) throws IOException {
    OipRestRequest decoded = read(servable.signature(), memory);
    if (decoded.timeout().isPresent()) {
      shorten(decoded.timeout().get());
    }
    request = decoded;
    return decoded.toInferRequest();
  }

  private OipRestRequest read(Signature signature, TensorMemory memory) throws IOException {
    try (OipRestBody body = OipRestBody.open(exchange, limits.maxBodyBytes())) {
      return body.isRaw(exchange)
          ? OipJsonRequest.raw(body, signature, memory)
          : OipJsonRequest.read(body, signature, memory);
    }
  }

  private void shorten(Duration timeout) {
    if (timeout.compareTo(limits.timeout()) >= 0) {
      return;
    }
    Duration left = timeout.minusNanos(System.nanoTime() - startNanos());
    if (left.isNegative() || left.isZero()) {
      throw tooLate(timeout);
    }
    if (waiting) {
      exchange.onTimeout(left, () -> fail(tooLate(timeout)));
    }
  }

  private static MlserveException tooLate(Duration timeout) {
    String time =
        timeout.toMillis() > 0 ? timeout.toMillis() + " ms" : timeout.toNanos() / 1000 + " µs";
    return new MlserveException(ErrorCode.DEADLINE_EXCEEDED, "no answer within " + time);
  }

  @Override
  public boolean answer(Servable servable, InferRequest infer, Map<String, Value> outputs) {
    OipRestRequest decoded = request;
    if (decoded == null) {
      throw new IllegalStateException("answered before it was decoded");
    }
    return exchange.respond(
        OipRestResponse.of(target.model(), servable.version(), decoded, outputs));
  }

  @Override
  public MlserveException explain(Found.Absence why) {
    return OipAbsence.explain(target, why);
  }

  @Override
  public void fail(MlserveException why) {
    OipRestReplies.failure(exchange, why);
  }

  @Override
  public void finish() {
    exchange.finish();
  }
}
