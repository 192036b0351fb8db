package io.mlserve.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mlserve.error.MlserveException;
import io.mlserve.metrics.RecordedScrape;
import io.mlserve.metrics.ScrapeLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedUsageTest {
  private static final Instant END = Instant.parse("2026-01-02T00:00:00Z");
  private static final Window DAY = new Window(END, Duration.ofHours(24));
  private static final ModelVersion ONE = new ModelVersion("hp", "1");
  private static final ModelVersion TWO = new ModelVersion("hp", "2");

  @TempDir private Path dir;
  private ScrapeLog log;

  @BeforeEach
  void open() {
    log = new ScrapeLog(dir.resolve("scrapes.jsonl"));
  }

  /** One sample as Prometheus stores it. */
  private record Point(double seconds, double value) {}

  /** B9: the blog's query, evaluated as Prometheus does, and the report agree within 1 %. */
  @Test
  void b9PeakIsWhatThePublishedQueryGivesOnTheSameScrapes() {
    Random random = new Random(9);
    List<List<Point>> servers = List.of(new ArrayList<>(), new ArrayList<>());
    for (int server = 0; server < 2; server++) {
      double counter = 0;
      long process = 1;
      for (long second = -25 * 3600; second <= 0; second += 60) {
        double hour = (second + 25 * 3600) / 3600.0;
        counter += random.nextInt(40) * (1 + Math.sin(hour / 3 + server));
        if (server == 1 && second == -9 * 3600 + 120) { // restarted
          counter = 0;
          process = 2;
        }
        servers.get(server).add(new Point(at(second).getEpochSecond(), counter));
        record(at(second), "http://s" + server, process, counter, 0);
      }
    }
    double published = publishedQuery(servers);

    Evidence one = survey(Duration.ofHours(1)).versions().get(1);

    assertThat(one.version()).isEqualTo(ONE);
    assertThat(published).isGreaterThan(0.5);
    assertThat(one.traffic().peak()).isEqualTo(published, within(published * 0.01));
    // a busier hour may begin between two full ones
    assertThat(survey(Duration.ofMinutes(5)).versions().get(1).traffic().peak())
        .isGreaterThanOrEqualTo(one.traffic().peak());
  }

  /** {@code max_over_time(sum(rate(x[60m])) by (model_name,model_version)[86400s:3600s])}. */
  private static double publishedQuery(List<List<Point>> servers) {
    double end = END.getEpochSecond();
    double highest = 0;
    for (double at = end - 23 * 3600; at <= end; at += 3600) {
      double sum = 0;
      for (List<Point> points : servers) {
        sum += rate(points, at - 3600, at);
      }
      highest = Math.max(highest, sum);
    }
    return highest;
  }

  /** As Prometheus' extrapolatedRate for counters. */
  private static double rate(List<Point> all, double from, double to) {
    List<Point> points = all.stream().filter(p -> p.seconds() > from && p.seconds() <= to).toList();
    if (points.size() < 2) {
      return 0;
    }
    Point first = points.get(0);
    Point last = points.get(points.size() - 1);
    double increase = last.value() - first.value();
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).value() < points.get(i - 1).value()) {
        increase += points.get(i - 1).value();
      }
    }
    double sampled = last.seconds() - first.seconds();
    double apart = sampled / (points.size() - 1);
    double toStart = first.seconds() - from;
    if (increase > 0) {
      toStart = Math.min(toStart, sampled * first.value() / increase);
    }
    double toEnd = to - last.seconds();
    double interval =
        sampled
            + (toStart < apart * 1.1 ? toStart : apart / 2)
            + (toEnd < apart * 1.1 ? toEnd : apart / 2);
    return increase * interval / sampled / (to - from);
  }

  @Test
  void failedCallsAreUseThoughTheirSeriesIsBornWithThem() {
    for (int minute = -1440; minute <= 0; minute++) {
      String failed =
          minute < -60
              ? ""
              : "mlserve_requests_total{model=\"hp\",version=\"1\",selector=\"version\","
                  + "code=\"INVALID_ARGUMENT\"} 4\n";
      append(at(minute * 60L), "http://a", text(1, 0, 0) + failed);
    }

    Evidence one = survey(Duration.ofMinutes(5)).versions().get(1);

    assertThat(one.traffic().requests()).isEqualTo(4);
    assertThat(one.traffic().peak()).isEqualTo(4 / 3600.0, within(1e-9));
    assertThat(one.traffic().addressed()).containsEntry("version", 4.0);
    assertThat(kind(one)).isEqualTo(Verdict.Kind.IN_USE);
  }

  @Test
  void fullDayWithoutARequestIsSafe() {
    for (int minute = -1440; minute <= 0; minute += 5) {
      record(at(minute * 60L), "http://a", 1, 7, 0);
    }

    Evidence one = survey(Duration.ofMinutes(5)).versions().get(1);

    assertThat(one.coverage()).isEqualTo(1, within(1e-9));
    assertThat(kind(one)).isEqualTo(Verdict.Kind.SAFE);
  }

  @Test
  void recordsThatBeganLaterOrEndedEarlierAreTooLittle() {
    for (int minute = -300; minute <= -60; minute += 5) {
      record(at(minute * 60L), "http://a", 1, 7, 0);
    }

    Evidence one = survey(Duration.ofMinutes(5)).versions().get(1);

    assertThat(one.coverage()).isEqualTo(4 / 24.0, within(1e-9));
    assertThat(kind(one)).isEqualTo(Verdict.Kind.UNKNOWN);
  }

  @Test
  void serverThatNeverAnsweredLeavesEverythingUnknown() {
    for (int minute = -1440; minute <= 0; minute += 5) {
      record(at(minute * 60L), "http://a", 1, 7, 0);
      log.append(new RecordedScrape(at(minute * 60L), "http://b", Optional.empty()));
    }

    assertThat(kind(survey(Duration.ofMinutes(5)).versions().get(1)))
        .isEqualTo(Verdict.Kind.UNKNOWN);
  }

  @Test
  void restartsThatHideRequestsAreTooLittleIfScrapesAreRare() {
    for (int minute = -1440; minute <= 0; minute += 5) {
      record(at(minute * 60L), "http://a", Math.floorDiv(minute, 10), 0, 0);
    }

    assertThat(kind(survey(Duration.ofMinutes(5)).versions().get(1)))
        .isEqualTo(Verdict.Kind.UNKNOWN);
  }

  @Test
  void lastRequestOutlivesARestartAndIsUse() {
    for (int minute = -1440; minute <= 0; minute++) {
      record(at(minute * 60L), "http://a", minute < -30 ? 1 : 2, 0, END.getEpochSecond() - 1900);
    }

    assertThat(kind(survey(Duration.ofMinutes(5)).versions().get(1)))
        .isEqualTo(Verdict.Kind.IN_USE);
  }

  @Test
  void newestLoadedVersionIsTheDefault() {
    record(at(0), "http://a", 1, 0, 0);

    List<Evidence> versions = survey(Duration.ofMinutes(5)).versions();

    assertThat(versions).extracting(Evidence::version).containsExactly(TWO, ONE);
    assertThat(versions.get(0).standing().isDefault()).isTrue();
    assertThat(versions.get(1).standing().isDefault()).isFalse();
  }

  @Test
  void lineThatACrashCutShortCountsAsNotRecordedAndHurtsNoOther() throws IOException {
    record(at(-600), "http://a", 1, 1, 0);
    Files.writeString(log.file(), "{\"at\":\"2026-01-0", StandardOpenOption.APPEND);
    record(at(0), "http://a", 1, 3, 0);

    assertThat(survey(Duration.ofMinutes(5)).versions().get(1).traffic().requests()).isEqualTo(2);
  }

  @Test
  void fileOfSomethingElseIsRefusedByLine() throws IOException {
    Files.writeString(log.file(), "{\"hello\":1}\n");

    assertThatThrownBy(() -> survey(Duration.ofMinutes(5)))
        .isInstanceOf(MlserveException.class)
        .hasMessageContaining("line 1");
  }

  private static Verdict.Kind kind(Evidence evidence) {
    return UsageRule.STRICT.judge(evidence, List.of(), DAY).kind();
  }

  private Survey survey(Duration step) {
    return new RecordedUsage(List.of(log), step).survey(DAY);
  }

  private void record(Instant at, String server, long process, double count, long last) {
    append(at, server, text(process, count, last));
  }

  private void append(Instant at, String server, String text) {
    log.append(new RecordedScrape(at, server, Optional.of(text)));
  }

  private static String text(long process, double count, long last) {
    return String.format(
        Locale.ROOT,
        """
        process_start_time_seconds %d
        mlserve_model_state{model="hp",version="1",state="AVAILABLE"} 1
        mlserve_model_state{model="hp",version="2",state="AVAILABLE"} 1
        mlserve_model_last_request_timestamp_seconds{model="hp",version="1"} %d
        mlserve_requests_total{model="hp",version="1",selector="version",code="OK"} %f
        mlserve_requests_total{model="hp",version="2",selector="default",code="OK"} 0
        """,
        process,
        last,
        count);
  }

  private static Instant at(long second) {
    return END.plusSeconds(second);
  }
}
