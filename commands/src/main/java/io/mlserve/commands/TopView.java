package io.mlserve.commands;

import io.mlserve.metrics.ModelTraffic;
import io.mlserve.metrics.ServerTraffic;
import io.mlserve.metrics.TrafficRate;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What {@code metrics top} shows: the latest rates, how they are sorted and filtered, and what the
 * keys make of that. Draws lines of text; knows no terminal. Not thread-safe.
 */
final class TopView {
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final String KEYS =
      "q quit  / filter  sort: r rate  e errors  p p99  i in flight  l last  n name";
  private static final String SHORT_KEYS = "q quit  / filter  sort: r e p i l n";
  private static final int SPARKS = 60;
  private static final int LEAST_SPARKS = 6;
  private static final int FRAME = 4; // lines around the rows

  private static final char ESCAPE = 27;
  private static final char DELETE = 127;
  private static final char BACKSPACE = 8;

  /** What decides the order. */
  enum Sort {
    NAME('n', "name"),
    RATE('r', "rate"),
    ERRORS('e', "errors"),
    P99('p', "p99"),
    IN_FLIGHT('i', "in flight"),
    LAST('l', "last request");

    private final char key;
    private final String title;

    Sort(char key, String title) {
      this.key = key;
      this.title = title;
    }

    /** By name is the order of the server. */
    List<TrafficRate> sorted(List<TrafficRate> rows) {
      return switch (this) {
        case NAME -> rows;
        case RATE -> descending(rows, TrafficRate::requestsPerSecond);
        case ERRORS -> descending(rows, TrafficRate::errorShare);
        case P99 -> descending(rows, Sort::slowest);
        case IN_FLIGHT -> descending(rows, row -> row.now().inFlight().orElse(0));
        case LAST ->
            descending(rows, row -> row.now().lastRequest().map(Instant::toEpochMilli).orElse(0L));
      };
    }

    private static List<TrafficRate> descending(
        List<TrafficRate> rows, ToDoubleFunction<TrafficRate> number) {
      return rows.stream().sorted(Comparator.comparingDouble(number).reversed()).toList();
    }

    private static double slowest(TrafficRate row) {
      return row.latency().quantile(0.99).map(bounds -> bounds.atMost()).orElse(0.0);
    }
  }

  /** One line, and how it looks. */
  record Line(String text, Look look) {}

  /** How a line looks where there are looks. */
  enum Look {
    PLAIN,
    TITLE,
    ALARM,
    FAINT
  }

  private final String server;
  private final Map<String, Sparkline> histories = new HashMap<>();
  private Sort sort;
  private String filter;
  private boolean typing;
  private int scrolled;
  private List<TrafficRate> rows = List.of();
  private double inFlight;
  private Optional<String> failure = Optional.empty();

  TopView(String server, Sort sort, String filter) {
    this.server = server;
    this.sort = sort;
    this.filter = filter;
  }

  /** Takes what came of a scrape. */
  void update(List<TrafficRate> rates, ServerTraffic traffic) {
    rows = rates;
    inFlight = traffic.inFlight().orElse(0);
    failure = Optional.empty();
    for (TrafficRate rate : rates) {
      histories.computeIfAbsent(name(rate), name -> new Sparkline()).add(rate.requestsPerSecond());
    }
  }

  /** The server did not answer: what is shown is old. */
  void failed(String why) {
    failure = Optional.of(why);
  }

  /** Takes a key; false if it means the end. */
  boolean key(int key) {
    if (typing) {
      type(key);
      return true;
    }
    switch (key) {
      case 'q', 'Q', 3 -> {
        return false;
      }
      case '/' -> {
        typing = true;
        filter = "";
      }
      case ESCAPE -> filter = "";
      case 'j' -> scrolled++;
      case 'k' -> scrolled = Math.max(0, scrolled - 1);
      default -> {
        for (Sort each : Sort.values()) {
          if (each.key == key) {
            sort = each;
          }
        }
      }
    }
    return true;
  }

  private void type(int key) {
    if (key == '\r' || key == '\n') {
      typing = false;
    } else if (key == ESCAPE) {
      typing = false;
      filter = "";
    } else if (key == DELETE || key == BACKSPACE) {
      filter = filter.isEmpty() ? "" : filter.substring(0, filter.length() - 1);
    } else if (key >= ' ') {
      filter += Character.toString(key);
    }
  }

  /** The screen, {@code height} lines of at most {@code width} characters; all rows if it is 0. */
  List<Line> draw(int width, int height, Instant now) {
    List<TrafficRate> shown =
        sort.sorted(rows.stream().filter(row -> row.now().model().contains(filter)).toList());
    int most = height == 0 ? shown.size() : Math.max(1, height - FRAME);
    scrolled = Math.max(0, Math.min(scrolled, shown.size() - most));
    List<TrafficRate> page = shown.subList(scrolled, Math.min(shown.size(), scrolled + most));
    List<Line> lines = new ArrayList<>();
    lines.add(line(headline(now), width, failure.isPresent() ? Look.ALARM : Look.PLAIN));
    lines.add(line(summary(shown), width, Look.PLAIN));
    table(lines, page, width, now);
    if (height > 0) {
      while (lines.size() < height - 1) {
        lines.add(new Line("", Look.PLAIN));
      }
      lines.add(line(footer(width), width, Look.FAINT));
    }
    return lines;
  }

  private void table(List<Line> lines, List<TrafficRate> page, int width, Instant now) {
    List<String> table = new RatesTable(page, now).lines(width - LEAST_SPARKS - 2);
    int widest = table.stream().mapToInt(String::length).max().orElse(0);
    int sparks = Math.min(SPARKS, width - widest - 2);
    boolean any = sparks >= LEAST_SPARKS;
    lines.add(line(pad(table.get(0), widest) + (any ? "  RATE" : ""), width, Look.TITLE));
    for (int at = 0; at < page.size(); at++) {
      TrafficRate row = page.get(at);
      Sparkline history = histories.getOrDefault(name(row), new Sparkline());
      String bars = any ? "  " + history.text(sparks) : "";
      lines.add(
          line(
              (pad(table.get(at + 1), widest) + bars).stripTrailing(),
              width,
              row.errorShare() > 0 ? Look.ALARM : isGone(row.now()) ? Look.FAINT : Look.PLAIN));
    }
  }

  private static boolean isGone(ModelTraffic traffic) {
    return traffic.state().filter(state -> !state.equals("AVAILABLE")).isPresent();
  }

  private String headline(Instant now) {
    String time = CLOCK.format(now.atZone(ZoneId.systemDefault()));
    return "mlserve top  "
        + Printable.line(server)
        + "  "
        + time
        + failure.map(why -> "  " + Printable.line(why)).orElse("");
  }

  private String summary(List<TrafficRate> shown) {
    double rate = shown.stream().mapToDouble(TrafficRate::requestsPerSecond).sum();
    double errors =
        shown.stream().mapToDouble(row -> row.requestsPerSecond() * row.errorShare()).sum();
    return String.format(
        Locale.ROOT,
        "%s req/s  %s%% errors  %s in flight  %d versions  by %s%s",
        Figures.rate(rate),
        Figures.percent(rate > 0 ? errors / rate : 0),
        Figures.count(inFlight),
        shown.size(),
        sort.title,
        filter.isEmpty() ? "" : "  filter " + Printable.line(filter));
  }

  private String footer(int width) {
    if (typing) {
      return "filter: " + Printable.line(filter) + "_";
    }
    return KEYS.length() <= width ? KEYS : SHORT_KEYS;
  }

  private static String name(TrafficRate row) {
    return row.now().model() + "/" + row.now().version();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static Line line(String text, int width, Look look) {
    return new Line(text.length() > width ? text.substring(0, width) : text, look);
  }
}
