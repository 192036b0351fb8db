package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A web server. A folder's children come from the file {@value Manifest#NAME} in it, or in a folder
 * above it that was listed before; only if the options say so, from the page that the server makes
 * for it.
 *
 * <p>A download is continued with {@code Range} and {@code If-Range}, on a strong ETag or on a
 * Last-Modified that is old enough to be one.
 */
final class HttpSource implements ModelSource {
  // RFC 9110, 8.8.2.2: below this a second change may carry the same time
  private static final Duration STRONG_AGE = Duration.ofSeconds(60);
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");

  private final SourceUri root;
  private final SourceOptions options;

  private @Nullable HttpExchange exchange; // made at the first request
  private String manifestFolder = "";
  private @Nullable Manifest manifest; // of the folder that was listed last

  HttpSource(SourceUri root, SourceOptions options) {
    this.root = root;
    this.options = options;
  }

  @Override
  public Optional<RemoteEntry> stat(String path) {
    RemotePath.check(path);
    HttpResponse<InputStream> response = head(path);
    if (!isSuccess(response) && !isAbsent(response)) {
      // not every server answers HEAD, and a signed URL may be good for GET alone
      response = send("GET", path, Map.of());
      close(response);
    }
    if (isSuccess(response)) {
      return Optional.of(entry(path, response));
    }
    if ((isAbsent(response) || response.statusCode() == HttpStatus.FORBIDDEN)
        && isSuccess(head(RemotePath.join(path, Manifest.NAME)))) {
      return Optional.of(RemoteEntry.folder(RemotePath.last(path))); // without a page of its own
    }
    if (isAbsent(response)) {
      return Optional.empty();
    }
    throw statusFailure(response, path);
  }

  private HttpResponse<InputStream> head(String path) {
    HttpResponse<InputStream> response = send("HEAD", path, Map.of());
    close(response);
    return response;
  }

  private static boolean isAbsent(HttpResponse<?> response) {
    return response.statusCode() == HttpStatus.NOT_FOUND
        || response.statusCode() == HttpStatus.GONE;
  }

  @Override
  public List<RemoteEntry> list(String path) {
    RemotePath.check(path);
    Manifest known = manifest;
    if (known != null && path.startsWith(manifestFolder.isEmpty() ? "" : manifestFolder + "/")) {
      String below = manifestFolder.isEmpty() ? path : path.substring(manifestFolder.length() + 1);
      if (!below.isEmpty()) {
        return known.children(below);
      }
    }
    String file = RemotePath.join(path, Manifest.NAME);
    Optional<String> text = text(file);
    if (text.isPresent()) {
      manifestFolder = path;
      manifest = Manifest.parse(text.get(), at(file));
      return Manifest.parse(text.get(), at(file)).children("");
    }
    if (options.autoindex()) {
      String page = path.endsWith("/") || path.isEmpty() ? path : path + "/";
      return text(page)
          .map(html -> Autoindex.entries(html, at(path)))
          .orElseThrow(() -> new MlserveException(ErrorCode.NOT_FOUND, "no folder " + at(path)));
    }
    throw new MlserveException(ErrorCode.NOT_FOUND, "no " + Manifest.NAME + " in " + at(path))
        .withHint(
            "a folder on a web server needs one: sha256sum of each of its files, or let the"
                + " server's own folder pages be read");
  }

  // The whole file as text, or empty if it is not there.
  private Optional<String> text(String path) {
    HttpResponse<InputStream> response = send("GET", path, Map.of());
    if (isAbsent(response)) {
      close(response);
      return Optional.empty();
    }
    try (InputStream body = checked(response, path).body()) {
      byte[] bytes = body.readNBytes(Manifest.BYTES_LIMIT + 1);
      if (bytes.length > Manifest.BYTES_LIMIT) {
        throw new MlserveException(
            ErrorCode.RESOURCE_EXHAUSTED,
            at(path) + " (expected: at most " + Manifest.BYTES_LIMIT + " bytes)");
      }
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  @Override
  public RemoteStream open(String path, long offset, Optional<Validator> validator) {
    RemotePath.check(path);
    if (offset > 0 && validator.isPresent() && validator.get().strong()) {
      HttpResponse<InputStream> response =
          send(
              "GET",
              path,
              Map.of("Range", "bytes=" + offset + "-", "If-Range", validator.get().token()));
      Optional<RemoteStream> continued = continued(response, path, offset, validator.get());
      if (continued.isPresent()) {
        return continued.get();
      }
      if (response.statusCode() == HttpStatus.OK) {
        return new RemoteStream(response.body(), 0, entry(path, response));
      }
      close(response);
      if (response.statusCode() != HttpStatus.PARTIAL_CONTENT
          && response.statusCode() != HttpStatus.RANGE_NOT_SATISFIABLE) {
        throw statusFailure(response, path);
      }
    }
    HttpResponse<InputStream> response = checked(send("GET", path, Map.of()), path);
    return new RemoteStream(response.body(), 0, entry(path, response));
  }

  // The rest of the file, if that and nothing else is what the server sent.
  private static Optional<RemoteStream> continued(
      HttpResponse<InputStream> response, String path, long offset, Validator validator) {
    Matcher range =
        CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    if (response.statusCode() != HttpStatus.PARTIAL_CONTENT
        || !range.matches()
        || Long.parseLong(range.group(1)) != offset) {
      return Optional.empty();
    }
    RemoteEntry answered = entry(path, response);
    String token = answered.validator().map(Validator::token).orElse(validator.token());
    if (!token.equals(validator.token())) {
      return Optional.empty();
    }
    OptionalLong size =
        range.group(2).equals("*")
            ? OptionalLong.empty()
            : OptionalLong.of(Long.parseLong(range.group(2)));
    return Optional.of(
        new RemoteStream(
            response.body(),
            offset,
            new RemoteEntry(
                answered.name(), false, size, answered.modified(), Optional.of(validator))));
  }

  private HttpResponse<InputStream> send(String method, String path, Map<String, String> headers) {
    try {
      if (exchange == null) {
        exchange = new HttpExchange(options);
      }
      return exchange.send(method, root.resolve(path), headers);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  // Only 200 is the file: a 204 or a 206 that nobody asked for is not.
  private HttpResponse<InputStream> checked(HttpResponse<InputStream> response, String path) {
    if (!isSuccess(response)) {
      close(response);
      throw statusFailure(response, path);
    }
    return response;
  }

  private static boolean isSuccess(HttpResponse<?> response) {
    return response.statusCode() == HttpStatus.OK;
  }

  private MlserveException statusFailure(HttpResponse<?> response, String path) {
    return HttpStatus.failure(response.statusCode(), response.headers(), at(path), Instant.now());
  }

  private static void close(HttpResponse<InputStream> response) {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new IllegalStateException("closing a body only cancels it", e);
    }
  }

  private static RemoteEntry entry(String path, HttpResponse<?> response) {
    boolean folder = response.uri().getPath().endsWith("/");
    Optional<Instant> modified =
        response.headers().firstValue("Last-Modified").flatMap(HttpStatus::date);
    return new RemoteEntry(
        RemotePath.last(path),
        folder,
        folder ? OptionalLong.empty() : response.headers().firstValueAsLong("Content-Length"),
        modified,
        validator(response, modified));
  }

  private static Optional<Validator> validator(
      HttpResponse<?> response, Optional<Instant> modified) {
    Optional<String> etag = response.headers().firstValue("ETag").filter(t -> !t.isBlank());
    if (etag.isPresent()) {
      return etag.map(tag -> new Validator(tag, tag.startsWith("\"")));
    }
    Optional<Instant> sent = response.headers().firstValue("Date").flatMap(HttpStatus::date);
    boolean old =
        modified.isPresent()
            && sent.isPresent()
            && !modified.get().plus(STRONG_AGE).isAfter(sent.get());
    return response.headers().firstValue("Last-Modified").map(text -> new Validator(text, old));
  }

  private String at(String path) {
    return root.resolve(path).toString();
  }

  @Override
  public MlserveException failure(String path, IOException failure) {
    return Failures.of(failure, at(path));
  }

  @Override
  public void close() {}

  @Override
  public String identity() {
    return root.identity();
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
