package io.mlserve.store;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One immutable set of files on the local disk. Its folder is called {@code <number>-<digest>}.
 *
 * @param number counts the installs of this model from 1 on, never used twice
 * @param digest the first 12 hexadecimal digits of its {@link ContentDigest}
 * @param folder holds its files and, once it was served, the timestamp file
 */
public record InstalledVersion(long number, String digest, Path folder) {
  static final int DIGEST_LENGTH = 12;

  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,17})-([0-9a-f]{12})");

  /** The version that {@code folder} holds by its name, or empty if its name is of another form. */
  static Optional<InstalledVersion> of(Path folder) {
    Matcher form = FORM.matcher(String.valueOf(folder.getFileName()));
    return form.matches()
        ? Optional.of(new InstalledVersion(Long.parseLong(form.group(1)), form.group(2), folder))
        : Optional.empty();
  }

  static String folderName(long number, String contentDigest) {
    return number + "-" + contentDigest.substring(0, DIGEST_LENGTH);
  }

  /** The name of its folder. */
  public String id() {
    return number + "-" + digest;
  }
}
