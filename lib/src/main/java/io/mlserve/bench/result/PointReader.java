package io.mlserve.bench.result;

import io.mlserve.bench.AnswerChange;
import io.mlserve.bench.Arrival;
import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Counts;
import io.mlserve.bench.EventReport;
import io.mlserve.bench.Failure;
import io.mlserve.bench.FailureCount;
import io.mlserve.bench.GeneratorHealth;
import io.mlserve.bench.MatchCount;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.ServerView;
import io.mlserve.bench.Timings;
import io.mlserve.bench.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** Reads one point of a saved result. */
final class PointReader {
  private static final Pattern BURST = Pattern.compile("burst:(\\d{1,9})@(\\d{1,9})ms");
  private static final Pattern STATUS = Pattern.compile("http-(\\d{1,9})");

  private PointReader() {}

  static BenchPoint point(Part point) {
    Part hdr = point.at("hdr");
    return new BenchPoint(
        schedule(point),
        point.at("started_at").instant(),
        point.at("measured_from_s").seconds(),
        point.at("elapsed_s").seconds(),
        counts(point.at("warm_up")),
        counts(point),
        new Timings(
            histogram(hdr.at("latency")),
            histogram(hdr.at("service")),
            histogram(hdr.at("send_lag"))),
        windows(point.at("windows")),
        point.at("events").items().stream().map(PointReader::event).toList(),
        new BenchPoint.Answers(
            point.at("answers").items().stream().map(PointReader::match).toList(),
            point.at("changes").items().stream().map(PointReader::change).toList()),
        generator(point.at("generator")),
        point.at("reconnects").whole(),
        point.maybe("server").map(PointReader::server),
        point.at("interrupted").truth());
  }

  private static Schedule schedule(Part point) {
    int connections = point.at("connections").small();
    try {
      return switch (point.at("loop").text()) {
        case "closed" -> new Schedule.Closed(point.at("concurrency").small(), connections);
        case "open" ->
            new Schedule.Open(
                point.at("offered_per_s").number(),
                arrival(point.at("arrival")),
                point.at("schedule_seed").whole(),
                connections,
                point.at("max_outstanding").small());
        default -> throw point.at("loop").wrong("open or closed");
      };
    } catch (IllegalArgumentException e) {
      throw point.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static Arrival arrival(Part part) {
    String word = part.text();
    Matcher burst = BURST.matcher(word);
    if (burst.matches()) {
      return new Arrival.Burst(
          Integer.parseInt(burst.group(1)), Duration.ofMillis(Long.parseLong(burst.group(2))));
    }
    if (word.startsWith("replay:")) {
      return new Arrival.Replay(word.substring("replay:".length()), new long[0]);
    }
    return switch (word) {
      case "poisson" -> new Arrival.Poisson();
      case "constant" -> new Arrival.Constant();
      default -> throw part.wrong("poisson, constant, burst: or replay:");
    };
  }

  private static Counts counts(Part part) {
    Map<String, Part> first = new HashMap<>();
    for (Part failure : part.at("first_errors").items()) {
      first.put(failure.at("class").text(), failure);
    }
    List<FailureCount> failures = new ArrayList<>();
    part.at("errors")
        .members()
        .forEach(
            (label, count) -> {
              Part seen = first.get(label);
              if (seen == null) {
                throw part.at("first_errors").wrong("one of class '" + label + "'");
              }
              failures.add(
                  new FailureCount(
                      label,
                      count.whole(),
                      seen.at("at_s").nanos(),
                      failure(label, seen.at("detail").text())));
            });
    return new Counts(part.at("sent").whole(), part.at("ok").whole(), failures);
  }

  private static Failure failure(String label, String detail) {
    Matcher status = STATUS.matcher(label);
    if (status.matches()) {
      return new Failure(Failure.Kind.STATUS, Integer.parseInt(status.group(1)), detail);
    }
    for (Failure.Kind kind : Failure.Kind.values()) {
      if (new Failure(kind, 0, detail).label().equals(label)) {
        return new Failure(kind, 0, detail);
      }
    }
    return new Failure(Failure.Kind.STATUS, 0, detail); // of a later version: its label stays
  }

  private static List<Window> windows(Part part) {
    List<Part> starts = part.at("start_s").items();
    List<Part> lengths = column(part, "length_s", starts);
    List<Part> due = column(part, "due", starts);
    List<Part> ok = column(part, "ok_of_due", starts);
    List<Part> failed = column(part, "failed_of_due", starts);
    List<Part> answered = column(part, "answered", starts);
    List<Part> hdr = column(part, "hdr", starts);
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < starts.size(); i++) {
      windows.add(
          new Window(
              starts.get(i).seconds(),
              lengths.get(i).seconds(),
              due.get(i).whole(),
              ok.get(i).whole(),
              failed.get(i).whole(),
              answered.get(i).whole(),
              histogram(hdr.get(i))));
    }
    return windows;
  }

  private static List<Part> column(Part part, String name, List<Part> starts) {
    List<Part> column = part.at(name).items();
    if (column.size() != starts.size()) {
      throw part.at(name).wrong("as many as 'start_s'");
    }
    return column;
  }

  static Histogram histogram(Part part) {
    try {
      return HdrText.parse(part.text());
    } catch (IllegalArgumentException e) {
      throw part.wrong("a histogram");
    }
  }

  private static EventReport event(Part event) {
    return new EventReport(
        event.at("name").text(),
        event.at("at_s").seconds(),
        event.at("took_s").seconds(),
        event.maybe("exit_status").stream().mapToInt(Part::small).findFirst(),
        event.at("output").text());
  }

  private static MatchCount match(Part match) {
    String name = match.at("file").text();
    long count = match.at("count").whole();
    if (count == 0) {
      return new MatchCount(
          name, 0, Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);
    }
    return new MatchCount(
        name,
        count,
        match.at("first_sent_s").nanos(),
        match.at("first_answer_s").nanos(),
        match.at("last_sent_s").nanos(),
        match.at("last_answer_s").nanos());
  }

  private static AnswerChange change(Part change) {
    return new AnswerChange(
        change.at("at_s").nanos(), change.maybe("from").map(Part::text), change.at("to").text());
  }

  private static GeneratorHealth generator(Part generator) {
    return new GeneratorHealth(
        generator.at("samples").whole(),
        millis(generator.at("lag_p50_ms")),
        millis(generator.at("lag_p99_ms")),
        millis(generator.at("lag_max_ms")),
        generator.at("late_share").number(),
        generator.at("busy_share").number(),
        generator.maybe("gc_s").map(Part::seconds).orElse(Duration.ZERO), // older files say nothing
        generator.maybe("cpu_s").map(Part::seconds).orElse(Duration.ZERO));
  }

  private static long millis(Part part) {
    return Math.round(part.number() * 1e6);
  }

  private static ServerView server(Part server) {
    Map<String, Double> differences = new HashMap<>();
    server
        .at("differences")
        .members()
        .forEach((name, part) -> differences.put(name, part.number()));
    return new ServerView(
        server.at("source").text(),
        server.maybe("requests").stream().mapToLong(Part::whole).findFirst(),
        server.at("requests_sent").whole(),
        duration(server, "queue_ms"),
        duration(server, "compute_ms"),
        server.maybe("mean_batch").stream().mapToDouble(Part::number).findFirst(),
        server.maybe("cpu_cores").stream().mapToDouble(Part::number).findFirst(),
        differences,
        server.maybe("problem").map(Part::text));
  }

  private static Optional<Duration> duration(Part part, String key) {
    return part.maybe(key).map(value -> Duration.ofNanos(millis(value)));
  }
}
