package io.mlserve.admin;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.HttpReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who shows the token, if there is one, and keeps out web pages of others: a browser on the
 * same machine reaches loopback too. It says in its Origin header whose page asks; and where a page
 * has made its own name lead here (DNS rebinding), it says that name in its Host header, so without
 * a token only addresses and {@code localhost} are taken there.
 */
public final class Guard implements HttpHandler {
  private static final String BEARER = "bearer ";

  private final HttpHandler inside;
  private final Optional<Path> tokenFile;
  private final Set<String> open;

  private Guard(HttpHandler inside, Optional<Path> tokenFile, Set<String> open) {
    this.inside = inside;
    this.tokenFile = tokenFile;
    this.open = Set.copyOf(open);
  }

  /**
   * A guard before {@code inside}. The file is read for each request, so a new token counts at
   * once. {@code NOT_FOUND} if it cannot be read now, {@code INVALID_ARGUMENT} if it is empty.
   *
   * @param open paths that say nothing of this server, and are shown without the token
   */
  public static Guard before(HttpHandler inside, Optional<Path> tokenFile, Set<String> open) {
    tokenFile.ifPresent(Guard::token);
    return new Guard(inside, tokenFile, open);
  }

  private static byte[] token(Path file) {
    try {
      String token = Files.readString(file).strip();
      if (token.isEmpty()) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, "token file " + file + " is empty (expected: a token)");
      }
      return token.getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, "cannot read token file " + file, e);
    }
  }

  @Override
  public void handle(HttpExchange exchange) {
    if (isForeign(exchange.header("origin"), exchange.header("host"))) {
      refuse(exchange, 403, "a web page of another origin may not ask this");
    } else if (tokenFile.isEmpty() && !isAddress(exchange.header("host"))) {
      refuse(exchange, 403, "Host (expected: an address or localhost, as there is no token)");
    } else if (!open.contains(exchange.path()) && !isKnown(exchange.header("authorization"))) {
      refuse(exchange, 401, "no valid token (expected: Authorization: Bearer TOKEN)");
    } else {
      inside.handle(exchange);
    }
  }

  private static void refuse(HttpExchange exchange, int status, String why) {
    HttpReply reply = AdminJson.error(status, why);
    exchange.respond(status == 401 ? reply.with("WWW-Authenticate", "Bearer") : reply);
    exchange.finish();
  }

  private static boolean isForeign(@Nullable String origin, @Nullable String host) {
    if (origin == null || host == null) {
      return false; // no browser
    }
    int scheme = origin.indexOf("://");
    return scheme < 0 || !origin.substring(scheme + 3).equalsIgnoreCase(host);
  }

  private static boolean isAddress(@Nullable String host) {
    if (host == null) {
      return true; // HTTP/1.0: no browser
    }
    String name = host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.startsWith("[") || name.matches("[0-9.]+");
  }

  private boolean isKnown(@Nullable String authorization) {
    if (tokenFile.isEmpty()) {
      return true;
    }
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return false;
    }
    byte[] shown =
        authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8);
    try {
      return MessageDigest.isEqual(shown, token(tokenFile.get()));
    } catch (MlserveException e) {
      return false; // a token file that is gone lets nobody in
    }
  }
}
