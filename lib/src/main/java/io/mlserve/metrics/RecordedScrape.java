package io.mlserve.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What a server exposed at some time, as a line of a file.
 *
 * @param source which server, as its address
 * @param text in Prometheus' text format; empty if the server did not answer
 */
public record RecordedScrape(Instant at, String source, Optional<String> text) {
  private static final JsonFactory JSON = new JsonFactory();

  /** One JSON object on one line, without its end. */
  public String line() {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("at", at.toString());
      json.writeStringField("url", source);
      if (text.isPresent()) {
        json.writeStringField("text", text.get());
      } else {
        json.writeBooleanField("failed", true);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string refused characters", e);
    }
    return line.toString();
  }

  /** Reads a line; {@code IllegalArgumentException} if it is no recorded scrape. */
  static RecordedScrape parse(String line, String source) {
    Json json = Json.parse(line, source);
    try {
      Optional<String> text = json.at("text").text();
      String url = json.at("url").word();
      if (url.isEmpty() || (text.isEmpty() && !json.at("failed").isTrue())) {
        throw new IllegalArgumentException("no url or no text");
      }
      return new RecordedScrape(Instant.parse(json.at("at").word()), url, text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("no time", e);
    }
  }
}
