package io.mlserve.server;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page in Debian's chromium, driven over the DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://(\\S+?)/");
  private static final Pattern SOCKET =
      Pattern.compile("\"webSocketDebuggerUrl\": \"(ws://[^\"]+)\"");
  private static final Pattern ID = Pattern.compile("^\\{\"id\":(\\d+)");
  private static final Pattern URL = Pattern.compile("\"request\":\\{\"url\":\"([^\"]+)\"");

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();

  /** Every address that the page asked for. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** What the browser complained of. */
  final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

  private Browser(Process process, URI page) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(page, new Reader())
            .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .join();
  }

  static Optional<Path> chromium() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .map(path -> Path.of(path, "chromium"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** An empty page; {@code folder} is for what the browser keeps. */
  static Browser open(Path chromium, Path folder) throws IOException, InterruptedException {
    Path log = folder.resolve("chromium.log");
    Process process =
        new ProcessBuilder(
                chromium.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder.resolve("profile"),
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      await().atMost(PATIENCE).until(() -> LISTENING.matcher(Files.readString(log)).find());
      Matcher listening = LISTENING.matcher(Files.readString(log));
      listening.find();
      String made =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://" + listening.group(1) + "/json/new?about:blank"))
                      .PUT(HttpRequest.BodyPublishers.noBody())
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      Matcher found = SOCKET.matcher(made);
      if (!found.find()) {
        throw new IOException("no page: " + made);
      }
      Browser browser = new Browser(process, URI.create(found.group(1)));
      browser.call("Network.enable", "{}");
      browser.call("Page.enable", "{}");
      browser.call("Log.enable", "{}");
      browser.call("Runtime.enable", "{}");
      return browser;
    } catch (IOException | RuntimeException e) {
      stop(process);
      throw e;
    }
  }

  private final class Reader implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        take(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }

  private void take(String message) {
    Matcher id = ID.matcher(message);
    if (id.find()) {
      CompletableFuture<String> asked = answers.remove(Integer.parseInt(id.group(1)));
      if (asked != null) {
        asked.complete(message);
      }
    } else if (message.contains("\"Network.requestWillBeSent\"")) {
      Matcher url = URL.matcher(message);
      if (url.find()) {
        requests.add(url.group(1));
      }
    } else if (message.contains("\"Log.entryAdded\"")
        || message.contains("\"Runtime.exceptionThrown\"")) {
      complaints.add(message);
    }
  }

  /** Calls a method of the protocol, and returns the whole answer. */
  String call(String method, String parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<String> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket
        .sendText(
            "{\"id\":%d,\"method\":\"%s\",\"params\":%s}".formatted(id, method, parameters), true)
        .join();
    return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  void visit(String url) {
    call("Page.navigate", "{\"url\":\"" + quoted(url) + "\"}");
  }

  /** The value of an expression, or of the promise that it is, as text. */
  String evaluate(String expression) {
    String answer =
        call(
            "Runtime.evaluate",
            "{\"awaitPromise\":true,\"returnByValue\":true,\"expression\":\"%s\"}"
                .formatted(quoted("Promise.resolve(" + expression + ").then(String)")));
    return field(answer, "value");
  }

  void until(String expression) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> evaluate(expression).equals("true"));
  }

  /** How it looks, in light or dark, with {@code width} pixels. */
  void look(boolean dark, int width) {
    call(
        "Emulation.setEmulatedMedia",
        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"%s\"}]}"
            .formatted(dark ? "dark" : "light"));
    call(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\":%d,\"height\":900,\"deviceScaleFactor\":1,\"mobile\":%s}"
            .formatted(width, width < 500));
  }

  /** A picture of the whole page. */
  void picture(Path png) throws IOException {
    String answer =
        call("Page.captureScreenshot", "{\"format\":\"png\",\"captureBeyondViewport\":true}");
    Files.createDirectories(png.toAbsolutePath().getParent());
    Files.write(png, Base64.getDecoder().decode(field(answer, "data")));
  }

  private static String quoted(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  private static String field(String json, String name) {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME && name.equals(parser.currentName())) {
          return Optional.ofNullable(parser.nextTextValue()).orElse("");
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(json, e);
    }
    return "no " + name + ": " + json;
  }

  private static void stop(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    socket.abort();
    stop(process);
  }
}
