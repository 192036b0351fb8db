package io.mlserve.bench.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Places values along one side of a picture.
 *
 * @param low the value at {@code from}
 * @param high the value at {@code to}
 * @param from a place, in units of the picture
 */
record Axis(boolean logarithmic, double low, double high, double from, double to) {
  /** An even axis from zero to a round number above {@code high}. */
  static Axis even(double high, double from, double to) {
    double top = high <= 0 ? 1 : high;
    double step = step(top, 4);
    return new Axis(false, 0, Math.ceil(top / step - 1e-9) * step, from, to);
  }

  /** An even axis with just these ends. */
  static Axis exact(double low, double high, double from, double to) {
    return new Axis(false, low, high <= low ? low + 1 : high, from, to);
  }

  /** An axis of powers, with a little room at both ends. Values must be above zero. */
  static Axis powers(double low, double high, double from, double to) {
    double least = low <= 0 ? 1e-3 : low;
    double most = Math.max(high, least * 1.01);
    return new Axis(true, below(least), above(most), from, to);
  }

  /** Even if the values are of one size, else powers. */
  static Axis fitting(double low, double high, double from, double to) {
    return high > 12 * Math.max(low, high / 1e9)
        ? powers(Math.max(low, high / 1e6), high, from, to)
        : even(high, from, to);
  }

  double at(double value) {
    double inside = Math.min(high, Math.max(low, value));
    double part =
        logarithmic ? Math.log(inside / low) / Math.log(high / low) : (inside - low) / (high - low);
    return from + part * (to - from);
  }

  /** Round values along the axis, about {@code wanted} of them. */
  List<Double> ticks(int wanted) {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      double[] steps =
          Math.log10(high / low) > wanted * 0.5 ? new double[] {1} : new double[] {1, 2, 5};
      for (double power = Math.pow(10, Math.floor(Math.log10(low))); power <= high; power *= 10) {
        for (double step : steps) {
          double tick = power * step;
          if (tick >= low * 0.999 && tick <= high * 1.001) {
            ticks.add(tick);
          }
        }
      }
      return ticks;
    }
    double step = step(high - low, wanted);
    for (double tick = Math.ceil(low / step - 1e-9) * step;
        tick <= high + step / 1e6;
        tick += step) {
      ticks.add(Math.round(tick / step) * step);
    }
    return ticks;
  }

  private static double step(double span, int wanted) {
    double rough = span / wanted;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digit = rough / power;
    return power * (digit <= 1.0001 ? 1 : digit <= 2.0001 ? 2 : digit <= 5.0001 ? 5 : 10);
  }

  private static double below(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    double digit = value / power;
    return power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
  }

  private static double above(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    double digit = value / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }
}
