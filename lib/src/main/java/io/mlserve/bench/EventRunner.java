package io.mlserve.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands at their time, each with a shell of its own. A command that outlasts the run is
 * ended with it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what it does is in the report
final class EventRunner implements AutoCloseable {
  private static final int MOST_OUTPUT = 4096;

  private final ScheduledExecutorService threads;
  private final long startNanos;
  private final Consumer<EventReport> listener;
  private final List<Running> all = new ArrayList<>();

  /** One command; its thread fills it in. */
  private static final class Running {
    private final LoadEvent event;
    private @Nullable Process process;
    private @Nullable EventReport report;

    Running(LoadEvent event) {
      this.event = event;
    }
  }

  /**
   * @param startNanos from which the times of reports count
   */
  EventRunner(List<LoadEvent> events, long startNanos, Consumer<EventReport> listener) {
    this.startNanos = startNanos;
    this.listener = listener;
    events.forEach(event -> all.add(new Running(event)));
    this.threads =
        Executors.newScheduledThreadPool(
            Math.max(1, events.size()),
            work -> {
              Thread thread = new Thread(work, "bench-event");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Begins to count at {@code from}, by {@link System#nanoTime()}. */
  void start(long from) {
    for (Running running : all) {
      long delay = from + running.event.at().toNanos() - System.nanoTime();
      threads.schedule(() -> run(running), Math.max(0, delay), TimeUnit.NANOSECONDS);
    }
  }

  /** Ends what still runs. What has begun is reported, in order of time. */
  List<EventReport> stop() {
    List<EventReport> reports = new ArrayList<>();
    for (Running running : all) {
      synchronized (running) {
        Process process = running.process;
        if (process != null && process.isAlive()) {
          process.descendants().forEach(ProcessHandle::destroy);
          process.destroy();
        }
        EventReport report = running.report;
        if (report != null) {
          reports.add(
              report.exitStatus().isPresent()
                  ? report
                  : new EventReport(
                      report.name(),
                      report.at(),
                      now().minus(report.at()),
                      OptionalInt.empty(),
                      report.output()));
        }
      }
    }
    reports.sort(Comparator.comparing(EventReport::at));
    return reports;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private void run(Running running) {
    Duration at = now();
    String name = running.event.command();
    report(running, new EventReport(name, at, Duration.ZERO, OptionalInt.empty(), ""));
    try {
      Process process =
          new ProcessBuilder("/bin/sh", "-c", name)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      synchronized (running) {
        running.process = process;
      }
      byte[] all = process.getInputStream().readAllBytes();
      int status = process.waitFor();
      int from = Math.max(0, all.length - MOST_OUTPUT);
      String output = new String(all, from, all.length - from, StandardCharsets.UTF_8).strip();
      report(running, new EventReport(name, at, now().minus(at), OptionalInt.of(status), output));
    } catch (IOException e) {
      String problem = String.valueOf(e.getMessage());
      report(running, new EventReport(name, at, Duration.ZERO, OptionalInt.of(127), problem));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the run is over; what is known is reported
    }
  }

  private void report(Running running, EventReport report) {
    synchronized (running) {
      running.report = report;
    }
    listener.accept(report);
  }

  private Duration now() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
