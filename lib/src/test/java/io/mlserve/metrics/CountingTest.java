package io.mlserve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.error.ErrorCode;
import io.mlserve.model.ModelName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Counting loses nothing, costs next to nothing, and a scrape is in nobody's way. */
class CountingTest {
  private static final int THREADS = 8;
  private static final int EVENTS = 1_000_000;

  private final ServingMetrics metrics = new ServingMetrics();

  private static void request(VersionCounters counters, int number) {
    counters.entered(Selector.DEFAULT);
    counters.queued(50_000);
    counters.executed(2, 2, 300_000);
    if (number % 4 == 0) {
      counters.failed(Protocol.OIP_GRPC, Selector.DEFAULT, ErrorCode.INTERNAL, 400_000);
    } else {
      counters.answered(Protocol.TFS_REST, Selector.DEFAULT, 400_000);
    }
    counters.left();
  }

  private static long inParallel(VersionCounters counters) throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  return;
                }
                for (int event = 0; event < EVENTS; event++) {
                  request(counters, event);
                }
              });
      thread.start();
      threads.add(thread);
    }
    long begun = System.nanoTime();
    start.countDown();
    for (Thread thread : threads) {
      thread.join(TimeUnit.MINUTES.toMillis(2));
      assertThat(thread.isAlive()).isFalse();
    }
    return System.nanoTime() - begun;
  }

  @Test
  void eightThreadsCountExactly() throws InterruptedException {
    VersionCounters counters = metrics.introduce(new ModelName("m"), 1);
    long wall = inParallel(counters);
    long all = (long) THREADS * EVENTS;
    int cores = Math.min(THREADS, Runtime.getRuntime().availableProcessors());
    System.out.printf(
        "%d threads counted %d requests in %d ms: %.0f ns of a core per request of 5 events%n",
        THREADS, all, wall / 1_000_000, (double) wall * cores / all);
    Usage usage = counters.usage();
    assertThat(usage.requests().get(Selector.DEFAULT)).isEqualTo(all);
    assertThat(usage.failures()).isEqualTo(all / 4);
    assertThat(counters.rows()).isEqualTo(2 * all);
    assertThat(counters.inFlight()).isZero();
    assertThat(counters.durations().sum()).isEqualTo(400_000 * all);
    assertThat(counters.queue().count()).isEqualTo(all);
    assertThat(counters.batches().count()).isEqualTo(all);
  }

  @Test
  void aThousandVersionsAreScrapedWhileTheyAreCounted() throws InterruptedException {
    for (int version = 1; version <= 1000; version++) {
      ModelName model = new ModelName("model-" + version % 50);
      metrics.introduce(model, version);
      metrics.life().state(model, version, "AVAILABLE");
      metrics
          .life()
          .loaded(
              model,
              version,
              true,
              new LifeMetrics.Loaded(java.time.Duration.ofMillis(10), 1000, ""));
    }
    VersionCounters busy = metrics.introduce(new ModelName("model-0"), 50);
    double quiet = percentile(busy, Optional.empty());
    AtomicBoolean stop = new AtomicBoolean();
    List<Long> scrapes = Collections.synchronizedList(new ArrayList<>());
    Thread scraper =
        new Thread(
            () -> {
              while (!stop.get()) {
                long begun = System.nanoTime();
                metrics.expose(Optional.empty());
                scrapes.add((System.nanoTime() - begun) / 1000);
              }
            });
    scraper.start();
    double scraped = percentile(busy, Optional.of(scrapes));
    stop.set(true);
    scraper.join(TimeUnit.MINUTES.toMillis(1));
    String text = metrics.expose(Optional.empty()).text();
    List<Long> sorted = scrapes.stream().sorted().toList();
    System.out.printf(
        "scrape of 1000 versions: %d lines, %.1f MB, median %.1f ms, best %.1f ms of %d;"
            + " counting a request p99 %.1f us, while scraped %.1f us%n",
        text.lines().count(),
        text.length() / 1e6,
        sorted.get(sorted.size() / 2) / 1e3,
        sorted.get(0) / 1e3,
        sorted.size(),
        quiet,
        scraped);
    assertThat(text).contains("model=\"model-49\",version=\"999\"");
    assertThat(Exposition.parse(text).samples("mlserve_model_loaded")).hasSize(1000);
  }

  // Of counting one request, in microseconds; goes on until there are scrapes enough.
  private static double percentile(VersionCounters counters, Optional<List<Long>> scrapes) {
    List<Long> times = new ArrayList<>();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (times.size() < 200_000
        || (scrapes.isPresent() && scrapes.get().size() < 20 && System.nanoTime() < deadline)) {
      long begun = System.nanoTime();
      request(counters, times.size());
      times.add(System.nanoTime() - begun);
    }
    times.sort(Long::compare);
    return times.get(times.size() * 99 / 100) / 1e3;
  }
}
