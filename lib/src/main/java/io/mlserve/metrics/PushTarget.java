package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.prometheus.client.exporter.PushGateway;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A group of metrics at a Pushgateway. What is pushed there stays until it is deleted, so it is for
 * the results of jobs that end, not for servers.
 *
 * @param gateway its address, with its path prefix if it has one
 * @param job the job label of the group
 * @param grouping the other labels of the group
 * @param authorization the header of that name, if the gateway asks for one; a secret
 * @param timeout longest time for a push
 */
public record PushTarget(
    URI gateway,
    String job,
    Map<String, String> grouping,
    Optional<String> authorization,
    Duration timeout) {
  public PushTarget {
    grouping = Map.copyOf(grouping);
  }

  /** How what is pushed and what is there go together. */
  public enum Method {
    /** What is pushed replaces the whole group. */
    PUT,
    /** What is pushed replaces metrics of the same name. */
    POST
  }

  /** Pushes all metrics; a failure says what the gateway did not like. */
  public void push(Exposition metrics, Method method) {
    ExpositionText collector = new ExpositionText(metrics);
    call(
        client -> {
          switch (method) {
            case PUT -> client.push(collector, job, groups());
            case POST -> client.pushAdd(collector, job, groups());
          }
        });
  }

  /** Deletes the group; that there is none is no failure. */
  public void delete() {
    call(client -> client.delete(job, groups()));
  }

  private Map<String, String> groups() {
    return new TreeMap<>(grouping); // the same address each time
  }

  @FunctionalInterface
  private interface Call {
    void with(PushGateway client) throws IOException;
  }

  private void call(Call call) {
    try {
      PushGateway client = new PushGateway(gateway.toURL());
      client.setConnectionFactory(url -> new BoundedConnection(url, timeout, authorization));
      call.with(client);
    } catch (MalformedURLException e) {
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, gateway + " (expected: a URL)", e);
    } catch (SocketTimeoutException e) {
      throw new MlserveException(
          ErrorCode.DEADLINE_EXCEEDED,
          "%s: not pushed within %s s".formatted(gateway, timeout.toMillis() / 1000.0),
          e);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  // simpleclient tells the status only in words: "Response code from URL was 400, response body:
  // ..."
  private MlserveException failure(IOException e) {
    String why = String.valueOf(e.getMessage()).strip();
    ErrorCode code = ErrorCode.UNAVAILABLE;
    if (why.contains(" was 401")) {
      code = ErrorCode.UNAUTHENTICATED;
    } else if (why.contains(" was 403")) {
      code = ErrorCode.PERMISSION_DENIED;
    } else if (why.contains(" was 404")) {
      code = ErrorCode.NOT_FOUND;
    } else if (why.contains(" was 4")) {
      code = ErrorCode.INVALID_ARGUMENT;
    }
    return new MlserveException(code, gateway + ": not pushed: " + why, e);
  }
}
