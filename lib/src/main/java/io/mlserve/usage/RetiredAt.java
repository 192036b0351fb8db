package io.mlserve.usage;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Json;
import io.mlserve.metrics.WebClient;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/**
 * A version at a server that has retired it, for a while: whether somebody asks for it after all.
 *
 * @param last when it was last asked for before it went
 */
public record RetiredAt(WebClient web, URI server, ModelVersion version, Optional<Instant> last) {
  /** Whether a request came since, which was turned away. */
  public boolean isMissed() {
    URI uri =
        uri(
            "/admin/v1/traffic?series=off&model="
                + version.model()
                + "&version="
                + version.version());
    WebClient.Answer answer = web.send(WebClient.Call.get(uri));
    if (answer.status() != 200) {
      throw WebClient.unexpected(uri, answer.status(), "");
    }
    try {
      Optional<Instant> now =
          Json.parse(answer.text(), uri.toString()).at("models").items().stream()
              .flatMap(model -> model.at("versions").items().stream())
              .flatMap(each -> each.at("last_request").text().stream())
              .map(Instant::parse)
              .findFirst();
      return now.filter(at -> last.isEmpty() || at.isAfter(last.get())).isPresent();
    } catch (DateTimeParseException e) {
      throw new MlserveException(ErrorCode.DATA_LOSS, uri + ": no traffic of mlserve", e);
    }
  }

  /** Brings it back into service, and waits until it is. */
  public void bringBack() {
    URI uri =
        uri("/admin/v1/models/%s/versions/%s/load".formatted(version.model(), version.version()));
    WebClient.Answer answer = web.send(new WebClient.Call("POST", uri, Map.of(), ""));
    if (answer.status() != 200) {
      throw WebClient.unexpected(uri, answer.status(), "");
    }
  }

  private URI uri(String path) {
    return URI.create(server.toString().replaceFirst("/+$", "") + path);
  }
}
