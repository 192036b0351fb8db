package io.mlserve.admin;

import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.HttpReply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page that shows a browser how the server is. It holds nothing of the server: its script asks
 * for that, as every other client of operators does. The browser is told to run this one script, by
 * its hash, and to talk to nobody but this port.
 */
public final class StatusPage implements HttpHandler {
  /** Where it is. */
  public static final String PATH = "/ui";

  private static final String FILE = "status.html";

  private final String page;
  private final String policy;

  public StatusPage() {
    page = read();
    policy =
        "default-src 'none'; connect-src 'self'; img-src data:; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            .formatted(hash("script"), hash("style"));
  }

  private static String read() {
    try (InputStream in = StatusPage.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("no " + FILE + " in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Of what stands between <element> and </element>, of which the page has one.
  private String hash(String element) {
    String begin = "<" + element + ">";
    int from = page.indexOf(begin) + begin.length();
    String content = page.substring(from, page.indexOf("</" + element + ">"));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  @Override
  public void handle(HttpExchange exchange) {
    if (exchange.method().equals("GET") || exchange.method().equals("HEAD")) {
      exchange.respond(
          HttpReply.text(200, "text/html; charset=utf-8", page)
              .with("Content-Security-Policy", policy)
              .with("X-Content-Type-Options", "nosniff")
              .with("Referrer-Policy", "no-referrer")
              .with("Cache-Control", "no-cache"));
    } else {
      exchange.respond(
          AdminJson.error(405, "method " + exchange.method() + " not allowed")
              .with("Allow", "GET, HEAD"));
    }
    exchange.finish();
  }
}
