package io.mlserve.metrics.history;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Selector;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.VersionKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what the counters of a server say, in memory and, if there is a folder for it, on
 * disk. Thread-safe; requests never wait for it.
 */
public final class TrafficRecorder implements AutoCloseable {
  /** How often {@link #step} is to be called. */
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(TrafficRecorder.class);
  private static final Duration BETWEEN_WRITES = Duration.ofMinutes(1);
  private static final String FILE = "traffic.json";
  private static final String LOCK = "traffic.lock";

  private final ServingMetrics metrics;
  private final Clock clock;
  private final Instant started;
  private final Optional<TrafficFile> file;
  private final @Nullable FileChannel lock;

  // guarded by this
  private final TrafficHistory history;
  private Instant written;
  private boolean failing;

  private TrafficRecorder(
      ServingMetrics metrics, Clock clock, Optional<Path> folder, @Nullable FileChannel lock) {
    this.metrics = metrics;
    this.clock = clock;
    this.lock = lock;
    this.started = clock.instant();
    this.written = started;
    this.file = folder.map(path -> new TrafficFile(path.resolve(FILE)));
    Optional<TrafficHistory.Saved> saved = folder.flatMap(this::read);
    this.history = new TrafficHistory(saved, started);
    saved.ifPresent(before -> metrics.remember(last(before)));
  }

  /**
   * Goes on with the history in {@code folder}, before any model is introduced to {@code metrics}.
   * {@code LOCKED} if another process records there, {@code UNAVAILABLE} if it cannot be written.
   */
  public static TrafficRecorder open(ServingMetrics metrics, Clock clock, Optional<Path> folder) {
    return new TrafficRecorder(
        metrics, clock, folder, folder.isPresent() ? lock(folder.get()) : null);
  }

  private static FileChannel lock(Path folder) {
    FileChannel channel;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "state folder " + folder + " cannot be written: " + e, e);
    }
    boolean held = false;
    try {
      @Nullable FileLock taken = channel.tryLock();
      held = taken != null;
    } catch (IOException | OverlappingFileLockException e) {
      log.debug("{}: not locked", folder, e);
    }
    if (!held) {
      close(channel);
      throw new MlserveException(
              ErrorCode.LOCKED, "state folder " + folder + " is in use by another server")
          .withHint("each server needs a folder of its own");
    }
    return channel;
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing a lock", e);
    }
  }

  // What cannot be read is put aside: a history is no reason not to serve.
  private Optional<TrafficHistory.Saved> read(Path folder) {
    try {
      return new TrafficFile(folder.resolve(FILE)).read();
    } catch (MlserveException e) {
      log.warn("{}; beginning a new one", e.message());
      try {
        Files.move(
            folder.resolve(FILE),
            folder.resolve(FILE + ".unreadable"),
            StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException move) {
        log.warn("{} cannot be put aside: {}", folder.resolve(FILE), move.toString());
      }
      return Optional.empty();
    }
  }

  private static Map<VersionKey, Map<Selector, Long>> last(TrafficHistory.Saved before) {
    Map<VersionKey, Map<Selector, Long>> last = new HashMap<>();
    before
        .versions()
        .forEach(
            (key, traffic) -> {
              Map<Selector, Long> millis = new EnumMap<>(Selector.class);
              traffic.last().forEach((selector, at) -> millis.put(selector, at.toEpochMilli()));
              last.put(key, millis);
            });
    return last;
  }

  /** Looks at the counters, and writes the file when it is time. */
  public synchronized void step() {
    Instant now = clock.instant();
    history.record(metrics.usage(), now);
    if (!now.isBefore(written.plus(BETWEEN_WRITES)) || now.isBefore(written)) {
      write(now);
    }
  }

  /** Looks at the counters, and writes the file now. */
  public synchronized void save() {
    Instant now = clock.instant();
    history.record(metrics.usage(), now);
    write(now);
  }

  private void write(Instant now) {
    written = now;
    if (file.isEmpty()) {
      return;
    }
    try {
      file.get().write(history.save(now));
      failing = false;
    } catch (IOException e) {
      if (!failing) { // once is enough
        log.warn("history of traffic cannot be written: {}", e.toString());
      }
      failing = true;
    }
  }

  /** All that is remembered, up to now. */
  public synchronized TrafficHistory.Saved read() {
    Instant now = clock.instant();
    history.record(metrics.usage(), now);
    return history.save(now);
  }

  /** What is remembered of one version, up to now. */
  public synchronized VersionTraffic read(VersionKey key) {
    history.record(metrics.usage(), clock.instant());
    return history.of(key);
  }

  /** Of which time anything is known. */
  public synchronized Coverage coverage() {
    return history.coverage();
  }

  public Clock clock() {
    return clock;
  }

  /** When this recorder began. */
  public Instant started() {
    return started;
  }

  /** Whether the history outlives the process. */
  public boolean isPersistent() {
    return file.isPresent();
  }

  /** Writes the file for the last time. */
  @Override
  public void close() {
    save();
    if (lock != null) {
      close(lock);
    }
  }
}
