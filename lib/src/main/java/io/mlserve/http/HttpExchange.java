package io.mlserve.http;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request and the right to answer it once. The request may be read by one thread at a time,
 * until {@link #finish} is called by the one that read it last; {@link #respond} may come from any
 * thread.
 */
public final class HttpExchange {
  // Instead of an object for each of the two in each request.
  private static final AtomicIntegerFieldUpdater<HttpExchange> ANSWERED =
      AtomicIntegerFieldUpdater.newUpdater(HttpExchange.class, "answered");
  private static final AtomicIntegerFieldUpdater<HttpExchange> FINISHED =
      AtomicIntegerFieldUpdater.newUpdater(HttpExchange.class, "finished");

  private final HttpConnection connection;
  private final String method;
  private final String path;
  private final String query;
  private final HttpHeaders headers;
  private final ByteBuf body;
  private List<Map.Entry<String, String>> answerHeaders = List.of();
  private final long startNanos = System.nanoTime();
  private volatile int answered;

  @SuppressWarnings("UnusedVariable") // read and written through FINISHED
  private volatile int finished;

  private volatile @Nullable Future<?> timeout;

  HttpExchange(
      HttpConnection connection,
      String method,
      String path,
      String query,
      HttpHeaders headers,
      ByteBuf body) {
    this.connection = connection;
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.body = body;
  }

  public String method() {
    return method;
  }

  /** The path as sent, still percent-encoded, without the query. */
  public String path() {
    return path;
  }

  /**
   * The value of a parameter of the query, decoded; the first of several, and empty text if it has
   * none. {@code INVALID_ARGUMENT} if it cannot be decoded.
   */
  public Optional<String> parameter(String name) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      if (key.equals(name)) {
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        try {
          return Optional.of(URLDecoder.decode(value, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          throw new MlserveException(
              ErrorCode.INVALID_ARGUMENT,
              name + ": '" + value + "' (expected: percent-encoding)",
              e);
        }
      }
    }
    return Optional.empty();
  }

  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /**
   * Adds a header to whatever the answer will be. Before the exchange is handed to another thread.
   */
  void answerWith(String header, String value) {
    List<Map.Entry<String, String>> more = new ArrayList<>(answerHeaders);
    more.add(Map.entry(header, value));
    answerHeaders = more;
  }

  /** The whole body as UTF-8 text; read it before {@link #finish}. */
  public String bodyText() {
    return body.toString(StandardCharsets.UTF_8);
  }

  /** The whole body; read it before {@link #finish}. */
  public ByteBuf body() {
    return body;
  }

  /** {@code System.nanoTime()} when the whole request was there. */
  public long startNanos() {
    return startNanos;
  }

  /**
   * Sends the answer. Whoever comes second is told so, and what it brought is released.
   *
   * @return whether this was the first answer
   */
  public boolean respond(HttpReply reply) {
    if (!ANSWERED.compareAndSet(this, 0, 1)) {
      reply.body().release();
      return false;
    }
    HttpReply whole = reply;
    for (int i = 0; i < answerHeaders.size(); i++) {
      whole = whole.with(answerHeaders.get(i).getKey(), answerHeaders.get(i).getValue());
    }
    connection.send(this, whole);
    return true;
  }

  /** Whether {@link #respond} was called. */
  public boolean isAnswered() {
    return answered != 0;
  }

  /**
   * Runs {@code late} on the connection's event loop unless an answer is sent within {@code time}.
   * A later call takes the place of the one before.
   */
  public void onTimeout(Duration time, Runnable late) {
    cancelTimeout();
    timeout =
        connection.schedule(
            time,
            () -> {
              if (answered == 0) {
                late.run();
              }
            });
  }

  // A timer that is not needed any more would keep the request in memory until its time.
  void cancelTimeout() {
    Future<?> timer = timeout;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /**
   * Gives the request's memory back; nothing of it may be read afterwards. The second time does
   * nothing.
   */
  public void finish() {
    if (FINISHED.compareAndSet(this, 0, 1)) {
      body.release();
    }
  }
}
