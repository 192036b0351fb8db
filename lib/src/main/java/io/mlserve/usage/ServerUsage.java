package io.mlserve.usage;

import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Json;
import io.mlserve.metrics.WebClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;

/**
 * Usage as the servers themselves remember it: the admin listener of each is asked. All servers
 * that share the traffic must be named; one that does not answer leaves everything else in doubt.
 */
public final class ServerUsage implements UsageSource {
  private final List<URI> servers;
  private final WebClient web;
  private final Duration step;

  /**
   * @param servers the address of each admin listener, each counted once
   * @param step how far apart the hours begin among which the busiest is looked for
   */
  public ServerUsage(List<URI> servers, WebClient web, Duration step) {
    this.servers = List.copyOf(new LinkedHashSet<>(servers));
    this.web = web;
    this.step = step;
  }

  @Override
  public Survey survey(Window window) {
    List<ServerHistory> answers = new ArrayList<>();
    List<String> doubts = new ArrayList<>();
    for (URI server : servers) {
      try {
        answers.add(ask(server, window));
      } catch (MlserveException e) {
        doubts.add(e.message());
      }
    }
    TreeSet<ModelVersion> versions = new TreeSet<>();
    answers.forEach(answer -> versions.addAll(answer.versions().keySet()));
    double coverage = answers.stream().mapToDouble(ServerHistory::coverage).min().orElse(0);
    List<Evidence> evidence = new ArrayList<>();
    for (ModelVersion version : versions) {
      evidence.add(ServerHistory.together(answers, version, coverage, window, step));
    }
    return new Survey(evidence, doubts);
  }

  private ServerHistory ask(URI server, Window window) {
    String base = server.toString().replaceFirst("/+$", "");
    URI uri = URI.create(base + "/admin/v1/traffic?window=" + text(window.length()));
    WebClient.Answer answer = web.send(WebClient.Call.get(uri));
    if (answer.status() != 200) {
      throw WebClient.unexpected(uri, answer.status(), "");
    }
    return ServerHistory.parse(Json.parse(answer.text(), uri.toString()), uri, window.length());
  }

  private static String text(Duration length) {
    return length.toMillis() % 1000 == 0 ? length.toSeconds() + "s" : length.toMillis() + "ms";
  }
}
