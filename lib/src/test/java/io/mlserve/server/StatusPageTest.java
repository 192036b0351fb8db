package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlserve.admin.RecentWarnings;
import io.mlserve.admin.ServerSheet;
import io.mlserve.fixtures.net.LoopbackClient;
import io.mlserve.fixtures.net.LoopbackClient.Answer;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.version.VersionPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status page, as it is sent and as Debian's chromium, if it is installed, shows it. */
class StatusPageTest {
  private static final String PICTURES = "mlserve.pictures"; // a folder, for who wants to look
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";

  @TempDir private Path folder;

  private Rig rig() {
    return new Rig(folder);
  }

  private static Answer ask(Rig rig, String method, String path, String headers)
      throws IOException {
    try (LoopbackClient client = new LoopbackClient(port(rig))) {
      return client.request(method, path, headers, "");
    }
  }

  private static int port(Rig rig) {
    return rig.server().adminPort().orElseThrow();
  }

  private static String header(Answer answer, String name) {
    return answer.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  @Test
  void pageIsSmallAndMayTalkToNobodyElse() throws IOException {
    try (Rig rig = rig().start()) {
      Answer page = ask(rig, "GET", "/ui", "");
      assertThat(page.status()).isEqualTo(200);
      assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
      assertThat(page.body().getBytes(StandardCharsets.UTF_8).length).isLessThan(60 * 1024);
      assertThat(header(page, "content-security-policy"))
          .contains("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'")
          .containsPattern("script-src 'sha256-[^ ']{44}'; style-src 'sha256-[^ ']{44}'")
          .doesNotContain("unsafe", "*", "http:", "https:");
      assertThat(header(page, "x-content-type-options")).isEqualTo("nosniff");
    }
  }

  @Test
  void scriptMakesNoMarkupOfData() throws IOException {
    try (Rig rig = rig().start()) {
      String page = ask(rig, "GET", "/ui", "").body();
      assertThat(page)
          .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")
          .doesNotContain("eval(", "new Function", "srcdoc", "localStorage", "sessionStorage")
          .doesNotContainPattern("<[a-z][^>]* on[a-z]+=")
          .doesNotContainPattern("(src|href)=\"?(https?:)?//");
    }
  }

  @Test
  void pageIsNotThereIfItIsNotWanted() throws IOException {
    try (Rig rig = rig().put("hp", 1, Models.halfPlus(1)).serve("hp").noPage().startReady()) {
      assertThat(ask(rig, "GET", "/ui", "").status()).isEqualTo(404);
      assertThat(ask(rig, "GET", "/v2/models/hp", "").status()).isEqualTo(404);
      assertThat(rig.admin("GET", "status", "").status()).isEqualTo(200);
    }
  }

  @Test
  void whetherThereIsAPageIsNoSecret() throws IOException {
    Path token = folder.resolve("token");
    Files.writeString(token, "secret\n");
    try (Rig rig = rig().token(token).noPage().start()) {
      assertThat(ask(rig, "GET", "/ui", "").status()).isEqualTo(404);
      assertThat(ask(rig, "GET", "/admin/v1/status", "").status()).isEqualTo(401);
    }
  }

  @Test
  void namesOfOthersThatLeadHereAreRefused() throws IOException {
    try (Rig rig = rig().start();
        java.net.Socket socket =
            new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port(rig))) {
      socket
          .getOutputStream()
          .write(
              "GET /ui HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 403").doesNotContain("<html");
      assertThat(ask(rig, "GET", "/ui", "Origin: http://evil.example\r\n").status()).isEqualTo(403);
      assertThat(ask(rig, "POST", "/ui", "").status()).isEqualTo(405);
    }
  }

  @Test
  void pageNeedsNoTokenButWhatItShowsDoes() throws IOException {
    Path token = folder.resolve("token");
    Files.writeString(token, "secret\n");
    try (Rig rig = rig().put("hp", 1, Models.halfPlus(1)).serve("hp").token(token).startReady()) {
      assertThat(ask(rig, "GET", "/ui", "").status()).isEqualTo(200);
      for (String path :
          new String[] {
            "/admin/v1/status", "/admin/v1/traffic", "/v2/models/hp", "/metrics", "/ui/", "/ui/x"
          }) {
        assertThat(ask(rig, "GET", path, "").status()).as(path).isEqualTo(401);
      }
      assertThat(ask(rig, "GET", "/v2/models/hp", "Authorization: Bearer secret\r\n").status())
          .isEqualTo(200);
    }
  }

  @Test
  void statusTellsOfTheServerAndOfWhatLoadsCameTo() throws IOException {
    try (Rig rig = rig().put("hp", 1, Models.halfPlus(1)).serve("hp").startReady()) {
      rig.put("hp", 2, Models.corrupt());
      Rig.until(() -> rig.status("hp").contains("DATA_LOSS"));
      rig.put("hp", 3, Models.halfPlus(3));
      rig.untilAnswer("hp", "4.0");
      assertThat(rig.admin("GET", "status", "").body())
          .contains(
              "\"port\" : " + rig.server().port(), "\"heap_used_bytes\"", "\"draining\" : false")
          .containsPattern(
              "(?s)\"events\".*\"version\" : 3,\\s+\"state\" : \"AVAILABLE\".*\"version\" : 2,\\s+"
                  + "\"state\" : \"END\",\\s+\"reason\".*\"version\" : 1");
    }
  }

  @Test
  void loadsAreToldWithWhoWantedThemAndWhatTheyTook() throws IOException {
    String config = "models:\n  - name: hp\n    path: %s\n    versions: all\n";
    try (Rig rig =
        rig()
            .put("hp", 1, Models.halfPlus(1))
            .config(config.formatted(folder.resolve("hp")))
            .startReady()) {
      rig.put("hp", 2, Models.halfPlus(2));
      rig.untilAnswer("hp", "3.0");
      assertThat(rig.admin("POST", "models/hp/versions/1/unload", "").status()).isEqualTo(200);
      assertThat(rig.admin("POST", "models/hp/versions/1/load", "").status()).isEqualTo(200);
      rig.config(config.formatted(folder.resolve("hp")).replace("all", "{latest: 1}"));
      rig.put("hp", 3, Models.halfPlus(3));
      Rig.until(
          () ->
              events(rig)
                  .contains("\"version\":2,\"state\":\"END\",\"cause\":\"policy\",\"seconds\":"));
      assertThat(events(rig))
          .containsSubsequence(
              "\"version\":1,\"state\":\"AVAILABLE\",\"cause\":\"operator\",\"before\":2,\"seconds\":",
              "\"version\":1,\"state\":\"END\",\"cause\":\"operator\",\"seconds\":",
              "\"version\":2,\"state\":\"AVAILABLE\",\"cause\":\"files\",\"before\":1,\"seconds\":",
              "\"source\":\"" + folder.toRealPath().resolve("hp/2/model.onnx"),
              "\"version\":1,\"state\":\"AVAILABLE\",\"cause\":\"start\",\"seconds\":");
    }
  }

  private static String events(Rig rig) throws IOException {
    return rig.admin("GET", "models/hp", "").body().replaceAll("\\s", "");
  }

  @Test
  void verdictComesFromTheServer() throws IOException {
    try (Rig rig =
        rig()
            .put("hp", 1, Models.halfPlus(1))
            .put("hp", 2, Models.halfPlus(2))
            .serve("hp", new VersionPolicy.All(), Map.of())
            .startReady()) {
      rig.untilState(1);
      rig.predict("hp");
      Rig.until(
          () -> verdict(rig, 2, "24h").contains("\"IN_USE\",\"reasons\":[\"used\",\"unknown\"]"));
      assertThat(verdict(rig, 1, "24h"))
          .contains("\"UNKNOWN\",\"reasons\":[\"unknown\"]", "ofthelast24hwererecorded");
      Rig.until(() -> verdict(rig, 1, "1s").contains("\"SAFE\",\"reasons\":[]"));
      String page = ask(rig, "GET", "/ui", "").body();
      assertThat(page).contains("flow.verdict").doesNotContain("coverage <", "0.95");
    }
  }

  private static String verdict(Rig rig, int version, String window) throws IOException {
    String query = "traffic?model=hp&series=off&version=" + version + "&window=" + window;
    String traffic = rig.admin("GET", query, "").body().replaceAll("\\s", "");
    return traffic.substring(traffic.indexOf("\"verdict\":"));
  }

  @Test
  void statusTellsOfLoadSettingsAndWarnings() throws IOException {
    RecentWarnings.SHARED.add(
        new RecentWarnings.Warning(Instant.now(), "WARN", "something is odd"));
    try (Rig rig = rig().put("hp", 1, Models.halfPlus(1)).serve("hp").shown(shown()).startReady()) {
      rig.predict("hp");
      rig.predict("nope");
      Rig.until(() -> status(rig).contains("\"client_error\":1,\"deadline\":0,\"ok\":1,"));
      assertThat(status(rig))
          .contains("\"load\":{\"in_flight\":0,\"limit\":64,\"waiting\":0,")
          .contains("{\"name\":\"--threads\",\"value\":\"2\",\"origin\":\"commandline\"}")
          .contains("\"level\":\"WARN\",\"message\":\"somethingisodd\"");
    }
  }

  private static String status(Rig rig) throws IOException {
    return rig.admin("GET", "status", "").body().replaceAll("\\s", "");
  }

  private static MetricsOptions shown() {
    return new MetricsOptions(
        ServingMetrics.RETAIN,
        Optional.empty(),
        Set.of(),
        Map.of(),
        new TreeMap<>(Map.of("version", "1.2.3", "ort", "1.29.0", "jvm", "17")),
        List.of(
            new ServerSheet.Setting("--threads", "2", "command line"),
            new ServerSheet.Setting("--max-inflight", "64", "MLSERVE_SERVE_MAX_INFLIGHT"),
            new ServerSheet.Setting("--request-timeout", "60s", "default")));
  }

  private static Path chromium() {
    Optional<Path> found = Browser.chromium();
    assumeTrue(found.isPresent(), "chromium is not installed");
    return found.orElseThrow();
  }

  private Browser browser() throws IOException, InterruptedException {
    return Browser.open(chromium(), Files.createTempDirectory(folder, "browser"));
  }

  private static void save(Browser browser, String name) throws IOException {
    String target = System.getProperty(PICTURES, "");
    if (target.isEmpty()) {
      return;
    }
    for (boolean dark : new boolean[] {false, true}) {
      for (int width : new int[] {1280, 375}) {
        browser.look(dark, width);
        browser.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 200)))");
        browser.picture(Path.of(target, name + (dark ? "-dark-" : "-light-") + width + ".png"));
      }
    }
    browser.look(false, 1280);
  }

  @Test
  void browserShowsTheModelsAndAsksNobodyElse() throws IOException, InterruptedException {
    chromium();
    Path odd = folder.resolve(HOSTILE);
    Files.createDirectories(odd);
    try (Browser browser = browser();
        Rig rig =
            new Rig(odd)
                .put("hp", 1, Models.halfPlus(1))
                .put("hp", 2, Models.halfPlus(2))
                .put("hp", 3, Models.corrupt())
                .put("uci", 1, Models.uciHousing(1))
                .serve("hp", new VersionPolicy.All(), Map.of("stable", 1L))
                .serve("uci")
                .shown(shown())
                .start()) {
      rig.untilAnswer("hp/versions/2", "3.0");
      Rig.until(() -> rig.status("hp").contains("DATA_LOSS"));
      String origin = "http://127.0.0.1:" + port(rig);
      browser.visit(origin + "/ui");
      browser.until("document.querySelectorAll('#models tbody tr').length === 4");
      String text = browser.evaluate("document.body.innerText");
      assertThat(text).contains("hp v2", "hp v3", "failed", "stable", "uci v1", "IN USE");
      assertThat(browser.evaluate("document.querySelectorAll('figure svg[aria-label]').length"))
          .isEqualTo("3");
      assertThat(text)
          .contains("Load and overload", "0 of 64", "Warnings", "MLSERVE_SERVE_MAX_INFLIGHT")
          .contains("start of the server");
      save(browser, "overview");
      browser.look(false, 375);
      assertThat(browser.evaluate("document.documentElement.scrollWidth <= 375")).isEqualTo("true");
      browser.look(false, 1280);

      browser.evaluate("location.hash = '#/model/hp/1'");
      browser.until("!!document.getElementById('send')");
      save(browser, "model");
      assertThat(browser.evaluate("document.body.textContent.includes('" + HOSTILE + "')"))
          .isEqualTo("true");
      assertThat(browser.evaluate("document.images.length")).isEqualTo("0");
      browser.look(false, 375);
      assertThat(browser.evaluate("document.documentElement.scrollWidth <= 375")).isEqualTo("true");
      assertThat(browser.requests).isNotEmpty().allMatch(url -> allowed(url, origin));
      assertThat(browser.complaints).isEmpty();
    }
  }

  private static boolean allowed(String url, String origin) {
    return url.startsWith(origin + "/") || url.startsWith("data:") || url.equals("about:blank");
  }

  @Test
  void browserTriesAModelOut() throws IOException, InterruptedException {
    chromium();
    try (Browser browser = browser();
        Rig rig = rig().put("hp", 1, Models.halfPlus(1)).serve("hp").startReady()) {
      browser.visit("http://127.0.0.1:" + port(rig) + "/ui#/model/hp/1");
      browser.until("!!document.getElementById('send')");
      browser.evaluate("document.getElementById('send').click()");
      browser.until("document.getElementById('result').textContent.includes('outputs')");
      assertThat(browser.evaluate("document.getElementById('result').textContent"))
          .contains("\"data\":[1.0]");
      browser.evaluate(
          "(b => { b.value = b.value.replace('[0]', '[2]').replace('[0]', '[2]');"
              + " b.dispatchEvent(new Event('input')); })(document.getElementById('body'))");
      String link = browser.evaluate("document.getElementById('permalink').href");
      browser.visit("about:blank");
      browser.visit(link);
      browser.until("!!document.getElementById('send')");
      browser.evaluate("document.getElementById('send').click()");
      browser.until("document.getElementById('result').textContent.includes('outputs')");
      assertThat(browser.evaluate("document.getElementById('result').textContent"))
          .contains("\"data\":[2.0]");
      save(browser, "try");
      assertThat(browser.complaints).isEmpty();
    }
  }

  @Test
  void examplesOfThePageWork() throws IOException, InterruptedException {
    chromium();
    assumeTrue(isInstalled("curl") && isInstalled("python3"), "curl or python3 is not installed");
    try (Browser browser = browser();
        Rig rig = rig().put("hp", 1, Models.halfPlus(1)).serve("hp").startReady()) {
      browser.visit("http://127.0.0.1:" + port(rig) + "/ui#/model/hp/1");
      browser.until("!!document.querySelector('[data-example]')");
      String example = "document.querySelector('[data-example=%s]').textContent";
      assertThat(run("sh", browser.evaluate(example.formatted("curl")))).contains("[1.0]");
      assertThat(run("python3", browser.evaluate(example.formatted("Python")))).contains("[1.0]");
    }
  }

  private static boolean isInstalled(String command) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(path -> Files.isExecutable(Path.of(path, command)));
  }

  private String run(String interpreter, String script) throws IOException, InterruptedException {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(interpreter, "-c", script)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return Files.readString(said);
  }

  @Test
  void browserAsksForTheTokenAndForgetsIt() throws IOException, InterruptedException {
    chromium();
    Path token = folder.resolve("token");
    Files.writeString(token, "secret\n");
    try (Browser browser = browser();
        Rig rig = rig().put("hp", 1, Models.halfPlus(1)).serve("hp").token(token).startReady()) {
      browser.visit("http://127.0.0.1:" + port(rig) + "/ui");
      browser.until("!document.getElementById('login').hidden");
      save(browser, "token");
      browser.evaluate(
          "(t => { t.value = 'secret'; t.form.requestSubmit(); })(document.getElementById('token'))");
      browser.until("document.body.innerText.includes('hp v1')");
      assertThat(browser.evaluate("document.cookie + localStorage.length + sessionStorage.length"))
          .isEqualTo("00");
    }
  }
}
