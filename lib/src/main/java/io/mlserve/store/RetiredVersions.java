package io.mlserve.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which versions of which models were retired and when, so that they stay away after a restart
 * though their files are still there. A text file with a line for each: model, version, time.
 * Thread-safe.
 */
public final class RetiredVersions {
  private static final Logger log = LoggerFactory.getLogger(RetiredVersions.class);
  private static final String FILE = "retired.txt";
  private static final String HEAD =
      "# Retired versions, which are not loaded until an operator asks for them: model, version,"
          + " since when.\n";

  private final Optional<Path> file;
  private final NavigableMap<String, NavigableMap<Long, Instant>> models =
      new TreeMap<>(); // by this

  private RetiredVersions(Optional<Path> file) {
    this.file = file;
    file.filter(Files::exists).ifPresent(this::read);
  }

  /** Those in {@code folder}, which is there; without a folder they are forgotten in the end. */
  public static RetiredVersions open(Optional<Path> folder) {
    return new RetiredVersions(folder.map(path -> path.resolve(FILE)));
  }

  // What cannot be understood is no reason not to serve.
  private void read(Path from) {
    try {
      for (String line : Files.readAllLines(from)) {
        if (!line.startsWith("#") && !line.isBlank() && !take(line.strip().split("\\s+", -1))) {
          log.warn("{}: '{}' is passed over (expected: model, version, time)", from, line);
        }
      }
    } catch (IOException e) {
      log.warn("{} cannot be read: {}; retired versions may come back", from, e.toString());
    }
  }

  private boolean take(String[] words) {
    try {
      if (words.length == 3) {
        versions(words[0]).put(Long.parseLong(words[1]), Instant.parse(words[2]));
        return true;
      }
    } catch (NumberFormatException | DateTimeException e) {
      log.debug("no line of retired versions", e);
    }
    return false;
  }

  private NavigableMap<Long, Instant> versions(String model) {
    return models.computeIfAbsent(model, any -> new TreeMap<>());
  }

  /** The retired versions of a model. */
  public synchronized NavigableMap<Long, Instant> of(String model) {
    return Collections.unmodifiableNavigableMap(
        new TreeMap<>(models.getOrDefault(model, Collections.emptyNavigableMap())));
  }

  /**
   * A version was retired.
   *
   * @return whether that will be known after a restart
   */
  public synchronized boolean add(String model, long version, Instant now) {
    versions(model).put(version, now);
    return write();
  }

  /** An operator wants a version back. */
  public synchronized void remove(String model, long version) {
    if (versions(model).remove(version) != null) {
      write();
    }
  }

  /** An operator wants all versions of a model back. */
  public synchronized void removeAll(String model) {
    Map<Long, Instant> gone = models.remove(model);
    if (gone != null && !gone.isEmpty()) {
      write();
    }
  }

  private boolean write() {
    if (file.isEmpty()) {
      return false;
    }
    StringBuilder text = new StringBuilder(HEAD);
    models.forEach(
        (model, versions) ->
            versions.forEach(
                (version, at) -> text.append(model + " " + version + " " + at).append('\n')));
    Path path = file.get();
    try {
      DurableFiles.replace(
          path,
          path.resolveSibling(FILE + ".part"),
          text.toString().getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (IOException e) {
      log.warn("{} cannot be written: {}; a restart will not know of it", path, e.toString());
      return false;
    }
  }
}
