package io.mlserve.usage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * When the requests of one version came, at all servers together.
 *
 * <p>Requests are taken as evenly spread between two looks that are less than an hour apart. Where
 * nobody looked for longer, they may all have come in any one hour of it, and are taken so: the
 * busiest hour is never understated by looking seldom.
 */
public final class RateHistory {
  private static final Duration HOUR = Duration.ofHours(1);

  private final List<double[]> cumulative; // per server: seconds, sum, seconds, sum ...
  private final List<Growth> coarse = new ArrayList<>();
  private final List<Growth> all = new ArrayList<>();

  /**
   * @param servers what each server saw, in order of time
   */
  public RateHistory(Collection<List<Growth>> servers) {
    this.cumulative = new ArrayList<>();
    for (List<Growth> server : servers) {
      List<Growth> fine = new ArrayList<>();
      for (Growth each : server) {
        (isCoarse(each) ? coarse : fine).add(each);
        all.add(each);
      }
      fine.sort(Comparator.comparing(Growth::from));
      cumulative.add(cumulative(fine));
    }
  }

  /** All requests in a window. Those of a coarse look that only touches it count as well. */
  public double requests(Window window) {
    return all.stream()
        .mapToDouble(each -> isCoarse(each) ? touching(each, window) : each.within(window))
        .sum();
  }

  /**
   * The highest average over an hour within a window, or over all of a window that is shorter, in
   * requests per second.
   *
   * @param step how far apart the hours begin; they end at multiples of it and at the window's end
   */
  public double peak(Window window, Duration step) {
    Duration hour = window.length().compareTo(HOUR) < 0 ? window.length() : HOUR;
    double highest = average(new Window(window.end(), hour));
    long stepMillis = Math.max(1, step.toMillis());
    long first = window.start().plus(hour).toEpochMilli();
    long end = Math.floorDiv(window.end().toEpochMilli(), stepMillis) * stepMillis;
    for (long at = end; at >= first; at -= stepMillis) {
      highest = Math.max(highest, average(new Window(Instant.ofEpochMilli(at), hour)));
    }
    return highest;
  }

  private double average(Window hour) {
    double sum = 0;
    for (double[] server : cumulative) {
      sum += until(server, seconds(hour.end())) - until(server, seconds(hour.start()));
    }
    for (Growth each : coarse) {
      sum += touching(each, hour);
    }
    return sum / hour.seconds();
  }

  private static boolean isCoarse(Growth growth) {
    return Duration.between(growth.from(), growth.to()).compareTo(HOUR) > 0;
  }

  private static double touching(Growth each, Window window) {
    return window.overlapSeconds(each.from(), each.to()) > 0 ? each.requests() : 0;
  }

  private static double[] cumulative(List<Growth> growth) {
    double[] points = new double[growth.size() * 4];
    double sum = 0;
    int at = 0;
    for (Growth each : growth) {
      points[at++] = seconds(each.from());
      points[at++] = sum;
      sum += each.requests();
      points[at++] = seconds(each.to());
      points[at++] = sum;
    }
    return points;
  }

  /** How many requests came until a moment: points are searched by halves, straight between two. */
  private static double until(double[] points, double moment) {
    int low = 0;
    int high = points.length / 2; // the first point after the moment
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (points[2 * middle] <= moment) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      return 0;
    }
    double from = points[2 * low - 2];
    double sum = points[2 * low - 1];
    if (low == points.length / 2) {
      return sum;
    }
    double share = (moment - from) / (points[2 * low] - from);
    return sum + share * (points[2 * low + 1] - sum);
  }

  private static double seconds(Instant moment) {
    return moment.getEpochSecond() + moment.getNano() / 1e9;
  }
}
