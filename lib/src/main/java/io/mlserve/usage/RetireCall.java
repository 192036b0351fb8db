package io.mlserve.usage;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Json;
import io.mlserve.metrics.WebClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

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
   * @param last when it was last asked for before it went
   * @param persistent whether it stays away when the server is started again
   */
  public record Answer(Result result, String text, Optional<Instant> last, boolean persistent) {
    private static Answer of(Result result, String text) {
      return new Answer(result, text, Optional.empty(), false);
    }

    private static Answer retired(Json said) {
      return new Answer(
          Result.RETIRED,
          "",
          said.at("last_request").text().map(Instant::parse),
          said.at("persistent").isTrue());
    }
  }

  /** The model file of the version as one server names it; empty if it is not loaded there. */
  public Optional<String> fileAt(URI server) {
    URI uri =
        URI.create(
            server.toString().replaceFirst("/+$", "") + "/admin/v1/models/" + version.model());
    WebClient.Answer answer = web.send(WebClient.Call.get(uri));
    if (answer.status() == 404) {
      return Optional.empty();
    }
    if (answer.status() != 200) {
      throw WebClient.unexpected(uri, answer.status(), "");
    }
    return Json.parse(answer.text(), uri.toString()).at("versions").items().stream()
        .filter(each -> each.at("version").word().equals(version.version()))
        .flatMap(each -> each.at("model_file").text().stream())
        .findFirst();
  }

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
      case 200 -> Answer.retired(Json.parse(answer.text(), base));
      case 404 -> Answer.of(Result.ABSENT, "");
      case 409 -> Answer.of(Result.REFUSED, Json.parse(answer.text(), base).at("error").word());
      case 504 ->
          throw new MlserveException(
              ErrorCode.DEADLINE_EXCEEDED, uri + ": requests on it go on; it goes when they end");
      default -> throw WebClient.unexpected(uri, answer.status(), "");
    };
  }
}
