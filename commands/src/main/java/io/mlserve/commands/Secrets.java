package io.mlserve.commands;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Secrets, which come from files: every user may read a command line. */
final class Secrets {
  private Secrets() {}

  /** The header that shows the token in {@code file}. */
  static String bearer(Path file) {
    return "Bearer " + read(file, "a token");
  }

  /** The header that shows a user and the password in {@code file}. */
  static String basic(String user, Path file) {
    String pair = user + ":" + read(file, "a password");
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(Path file, String what) {
    try {
      String secret = Files.readString(file).strip();
      if (secret.isEmpty() || secret.chars().anyMatch(c -> c < ' ')) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, file + " (expected: " + what + " on one line)");
      }
      return secret;
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + file, e);
    }
  }
}
