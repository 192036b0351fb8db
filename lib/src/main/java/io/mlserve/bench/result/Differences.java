package io.mlserve.bench.result;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.BenchRun;
import io.mlserve.bench.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What stands in the way of comparing two runs. */
public final class Differences {
  private Differences() {}

  static List<String> of(BenchRun base, BenchPoint before, BenchRun now, BenchPoint measured) {
    List<String> notes = new ArrayList<>();
    note(notes, "load", load(before.schedule()), load(measured.schedule()));
    note(notes, "model", base.target().model(), now.target().model());
    note(notes, "api", base.target().api(), now.target().api());
    note(notes, "input", base.load().input(), now.load().input());
    note(notes, "cpu", base.run().host().cpu(), now.run().host().cpu());
    if (base.run().host().cores() != now.run().host().cores()) {
      notes.add(
          "another machine: %d cores, was %d"
              .formatted(now.run().host().cores(), base.run().host().cores()));
    }
    return notes;
  }

  private static void note(
      List<String> notes, String what, Optional<String> was, Optional<String> is) {
    if (was.isPresent() && is.isPresent()) {
      note(notes, what, was.get(), is.get());
    }
  }

  private static void note(List<String> notes, String what, String was, String is) {
    if (!was.equals(is)) {
      notes.add("another %s: %s, was %s".formatted(what, is, was));
    }
  }

  /** The load of a point in a few words. */
  public static String load(Schedule schedule) {
    if (schedule instanceof Schedule.Open open) {
      return open.ratePerSecond() == 0
          ? open.arrival().word()
          : open.arrival().word() + " " + rate(open.ratePerSecond()) + "/s";
    }
    int concurrency =
        schedule instanceof Schedule.Closed closed ? closed.concurrency() : schedule.connections();
    return concurrency + " in flight";
  }

  private static String rate(double rate) {
    return rate == Math.rint(rate)
        ? String.format(Locale.ROOT, "%.0f", rate)
        : String.format(Locale.ROOT, "%.4g", rate);
  }
}
