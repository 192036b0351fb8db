package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Asks a Prometheus server. Queries go by POST: they may be longer than an address can be.
 *
 * @param base its address, such as {@code http://127.0.0.1:9090}; a path is a prefix
 */
public record PrometheusClient(URI base, WebClient web) {
  private static final int LONGEST_EXCERPT = 200;

  /**
   * The instant vector that {@code query} gives at a moment; a scalar is a sample without labels.
   * {@code DATA_LOSS} if what answers is no Prometheus, {@code INVALID_ARGUMENT} if it refuses the
   * query.
   */
  public List<Sample> query(String query, Instant at) {
    String path = base.toString().replaceFirst("/+$", "") + "/api/v1/query";
    URI uri = URI.create(path);
    String form = "query=" + encoded(query) + "&time=" + encoded(at.toString());
    WebClient.Answer answer =
        web.send(
            new WebClient.Call(
                "POST", uri, Map.of("Content-Type", "application/x-www-form-urlencoded"), form));
    if (answer.status() == 401 || answer.status() == 403 || answer.status() == 404) {
      throw WebClient.unexpected(uri, answer.status(), "");
    }
    Json json = Json.parse(answer.text(), uri.toString());
    String status = json.at("status").word();
    if (status.equals("error")) {
      boolean refused = json.at("errorType").word().equals("bad_data");
      throw new MlserveException(
          refused ? ErrorCode.INVALID_ARGUMENT : ErrorCode.UNAVAILABLE,
          uri + ": " + excerpt(json.at("error").word()));
    }
    if (!status.equals("success")) {
      throw WebClient.unexpected(uri, answer.status(), "no answer of Prometheus");
    }
    return samples(uri, json.at("data"));
  }

  private static List<Sample> samples(URI uri, Json data) {
    Json result = data.at("result");
    List<Sample> samples = new ArrayList<>();
    switch (data.at("resultType").word()) {
      case "vector" -> {
        for (Json each : result.items()) {
          Map<String, String> labels = new LinkedHashMap<>();
          each.at("metric").fields().forEach((name, value) -> labels.put(name, value.word()));
          samples.add(sample(labels, each.at("value").items(), uri));
        }
      }
      case "scalar" -> samples.add(sample(Map.of(), result.items(), uri));
      default ->
          throw new MlserveException(
              ErrorCode.DATA_LOSS,
              uri + ": " + data.at("resultType").word() + " (expected: a vector)");
    }
    return samples;
  }

  private static Sample sample(Map<String, String> labels, List<Json> value, URI uri) {
    if (value.size() != 2) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, uri + ": a sample without a value (expected: time and value)");
    }
    long millis = Math.round(value.get(0).number().orElse(0) * 1000);
    return new Sample(
        labels.getOrDefault("__name__", ""),
        labels,
        SampleLine.number(value.get(1).word()),
        OptionalLong.of(millis));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String excerpt(String text) {
    return text.length() > LONGEST_EXCERPT ? text.substring(0, LONGEST_EXCERPT) + "..." : text;
  }
}
