package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where credentials come from. A source asks before each attempt, so that a rotated file takes
 * effect without a restart.
 */
@FunctionalInterface
public interface Credentials {
  /**
   * The credential to show now, if there is one; {@code UNAUTHENTICATED} when it cannot be read.
   */
  Optional<Credential> read();

  static Credentials none() {
    return Optional::empty;
  }

  static Credentials of(Credential credential) {
    return () -> Optional.of(credential);
  }

  /** The first line of {@code passwordFile} as password of {@code user}. */
  static Credentials login(String user, Path passwordFile) {
    return () -> Optional.of(new Credential.Login(user, firstLine(passwordFile)));
  }

  /** The first line of {@code tokenFile} as bearer token. */
  static Credentials token(Path tokenFile) {
    return () -> Optional.of(new Credential.Token(firstLine(tokenFile)));
  }

  private static String firstLine(Path file) {
    try {
      String line = Files.readString(file).lines().findFirst().orElse("").strip();
      if (Text.hasControls(line)) {
        throw new MlserveException(
            ErrorCode.UNAUTHENTICATED, "secret file " + file + " has a control character");
      }
      return line;
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.UNAUTHENTICATED, "cannot read secret file " + file + ": " + e.getMessage(), e);
    }
  }
}
