package io.mlserve.monitor;

import io.mlserve.archive.UnpackLimits;
import io.mlserve.change.Backoff;
import io.mlserve.fixtures.archive.TarBuilder;
import io.mlserve.fixtures.net.FaultyHttpServer;
import io.mlserve.monitor.MonitorEvent.Kind;
import io.mlserve.remote.DownloadLimits;
import io.mlserve.remote.ModelSource;
import io.mlserve.remote.ModelSources;
import io.mlserve.remote.RetryPolicy;
import io.mlserve.remote.SourceOptions;
import io.mlserve.remote.SourceUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A web server that publishes {@code model.tar.gz} and {@code donefile}, and a monitor of it. */
final class MonitorRig implements AutoCloseable {
  static final String DONEFILE = "/donefile";
  static final String ARCHIVE = "/model.tar.gz";

  final FaultyHttpServer server = FaultyHttpServer.start();
  final List<MonitorEvent> events = new CopyOnWriteArrayList<>();
  final Path live;

  private final Map<Kind, Runnable> steps = new ConcurrentHashMap<>();
  private final Path folder;
  private final ModelSource source;
  private String model = "model.tar.gz";
  private Optional<String> unpackedName = Optional.empty();
  private ModelCheck check = ModelCheck.none();
  private Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1));
  private Optional<Running> running = Optional.empty();

  private record Running(LocalModel local, MonitorCycle cycle) {}

  MonitorRig(Path folder) {
    this.folder = folder;
    this.live = folder.resolve("m");
    this.source =
        ModelSources.open(
            SourceUri.parse(server.uri("/").toString()),
            SourceOptions.DEFAULTS.withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2)));
  }

  MonitorRig model(String name) {
    model = name;
    return this;
  }

  MonitorRig unpackedName(String name) {
    unpackedName = Optional.of(name);
    return this;
  }

  MonitorRig check(ModelCheck newCheck) {
    check = newCheck;
    return this;
  }

  MonitorRig backoff(Duration delay) {
    backoff = new Backoff(delay, delay);
    return this;
  }

  /** Publishes an archive that holds {@code files}, then a donefile that says {@code note}. */
  void publish(Map<String, String> files, String note) {
    server.put(ARCHIVE, TarBuilder.tarGz(files));
    done(note);
  }

  void done(String note) {
    server.put(DONEFILE, note.getBytes(StandardCharsets.UTF_8));
  }

  /** Runs {@code step} when an event of {@code kind} comes next, on the monitor's thread. */
  void onceAt(Kind kind, Runnable step) {
    steps.put(kind, step);
  }

  private void hear(MonitorEvent event) {
    events.add(event);
    Runnable step = steps.remove(event.kind());
    if (step != null) {
      step.run();
    }
  }

  /** One pass. */
  Outcome pass() {
    if (running.isEmpty()) {
      MonitorPlan plan = plan();
      LocalModel local = LocalModel.open(plan.served(), this::hear);
      running =
          Optional.of(new Running(local, new MonitorCycle(plan, source, local, check, this::hear)));
    }
    return running.get().cycle().run();
  }

  /** Ends this monitor; the next pass starts another. */
  void restart() {
    running.ifPresent(r -> r.local().close());
    running = Optional.empty();
  }

  private MonitorPlan plan() {
    return new MonitorPlan(
        new MonitorPlan.Published(model, "donefile", unpackedName, Optional.empty()),
        new MonitorPlan.Served(
            live, folder.resolve("_tmp"), "fluid_time_file", Optional.empty(), 3),
        new MonitorPlan.Effort(
            DownloadLimits.DEFAULTS,
            UnpackLimits.DEFAULTS,
            new RetryPolicy(0, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(10)),
            backoff));
  }

  /** The served files as texts by path, the timestamp file left out. */
  Map<String, String> served() {
    return files(live, "fluid_time_file");
  }

  /** All that lies below the monitor's temporary folder. */
  Map<String, String> temporary() {
    return files(folder.resolve("_tmp"), "");
  }

  private static Map<String, String> files(Path folder, String ignored) {
    Map<String, String> files = new TreeMap<>();
    try {
      Path root = folder.toRealPath();
      try (Stream<Path> walk = Files.walk(root)) {
        for (Path file : (Iterable<Path>) walk::iterator) {
          String path = root.relativize(file).toString();
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !path.equals(ignored)) {
            files.put(path, Files.readString(file, StandardCharsets.ISO_8859_1));
          }
        }
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String timestamp() {
    try {
      return Files.readString(live.resolve("fluid_time_file"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Kind> kinds() {
    return events.stream().map(MonitorEvent::kind).toList();
  }

  int pulls() {
    return server.requests("GET", "/" + model).size();
  }

  @Override
  public void close() {
    restart();
    source.close();
    server.close();
  }
}
