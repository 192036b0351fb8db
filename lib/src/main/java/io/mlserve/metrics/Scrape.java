package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Fetches what a server exposes to Prometheus, in finite time and space.
 *
 * @param timeout longest time for all of it
 * @param mostBytes longest answer
 */
public record Scrape(Duration timeout, long mostBytes) {
  private static final String ACCEPT = "text/plain;version=0.0.4,text/plain;q=0.5";

  /** The text as the server sent it. */
  public String fetch(URI uri) {
    return answer(uri).text();
  }

  /** The same with what the server says that it is. */
  public WebClient.Answer answer(URI uri) {
    WebClient.Answer answer =
        new WebClient(timeout, mostBytes, Optional.empty())
            .send(new WebClient.Call("GET", uri, Map.of("Accept", ACCEPT), ""));
    if (answer.status() != HttpURLConnection.HTTP_OK) {
      throw WebClient.unexpected(uri, answer.status(), "");
    }
    if (answer.contentType().toLowerCase(Locale.ROOT).startsWith("text/html")) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, uri + ": an HTML page (expected: metrics in text format)");
    }
    return answer;
  }
}
