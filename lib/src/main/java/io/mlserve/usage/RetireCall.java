package io.mlserve.usage;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Json;
import io.mlserve.metrics.WebClient;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Asks servers to take a version out of service. Each looks at its own numbers before and after it
 * has shut the door.
 *
 * @param idle for how long nobody must have asked
 * @param force whether the server is to do it whatever its numbers say
 */
public record RetireCall(WebClient web, ModelVersion version, Duration idle, boolean force) {
  /** What a server did. */
  public enum Result {
    RETIRED,
    /** It keeps the version, because somebody needs it. */
    REFUSED,
    /** It has no such version, or none that is loaded. */
    ABSENT
  }

  /**
   * What a server said.
   *
   * @param text why it refused, with its numbers; else empty text
   */
  public record Answer(Result result, String text) {}

  /** Asks one server, and waits until the version is gone there. */
  public Answer at(URI server) {
    String base = server.toString().replaceFirst("/+$", "");
    URI uri =
        URI.create(
            base
                + "/admin/v1/models/"
                + version.model()
                + "/versions/"
                + version.version()
                + "?if-idle-for="
                + idle.toMillis()
                + "ms"
                + (force ? "&force=true" : ""));
    WebClient.Answer answer = web.send(new WebClient.Call("DELETE", uri, Map.of(), ""));
    return switch (answer.status()) {
      case 200 -> new Answer(Result.RETIRED, "");
      case 404 -> new Answer(Result.ABSENT, "");
      case 409 -> new Answer(Result.REFUSED, Json.parse(answer.text(), base).at("error").word());
      case 504 ->
          throw new MlserveException(
              ErrorCode.DEADLINE_EXCEEDED, uri + ": requests on it go on; it goes when they end");
      default -> throw WebClient.unexpected(uri, answer.status(), "");
    };
  }
}
