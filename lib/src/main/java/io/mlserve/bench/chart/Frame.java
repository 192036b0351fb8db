package io.mlserve.bench.chart;

import io.mlserve.bench.chart.Svg.Anchor;
import io.mlserve.bench.chart.Svg.Dot;
import java.util.function.DoubleFunction;

/**
 * The area between two axes, with its grid and its labels.
 *
 * @param x from left to right
 * @param y from bottom to top
 */
record Frame(Svg svg, Axis x, Axis y) {
  private static final int LETTER = 7; // width of a letter of a label, on average

  Dot at(double xValue, double yValue) {
    return new Dot(x.at(xValue), y.at(yValue));
  }

  double left() {
    return x.from();
  }

  double right() {
    return x.to();
  }

  double top() {
    return y.to();
  }

  double bottom() {
    return y.from();
  }

  /** Lines across at round values, each with its value at the left. */
  void gridY(String unit, DoubleFunction<String> label) {
    int wanted = Math.max(2, (int) ((bottom() - top()) / 38));
    for (double tick : y.ticks(wanted)) {
      double place = y.at(tick);
      svg.line("grid", new Dot(left(), place), new Dot(right(), place));
      svg.text("tick", new Dot(left() - 6, place + 4), Anchor.END, label.apply(tick));
    }
    svg.text("unit", new Dot(2, top() - 9), Anchor.START, unit);
  }

  /** The base line, with round values below it. */
  void gridX(String unit, DoubleFunction<String> label) {
    svg.line("axis", new Dot(left(), bottom()), new Dot(right(), bottom()));
    int wanted = Math.max(2, (int) ((right() - left()) / 90));
    for (double tick : x.ticks(wanted)) {
      tickX(tick, label.apply(tick));
    }
    svg.text("unit", new Dot(right(), bottom() + 36), Anchor.END, unit);
  }

  void tickX(double value, String label) {
    double place = x.at(value);
    svg.line("axis", new Dot(place, bottom()), new Dot(place, bottom() + 4));
    svg.text("tick", new Dot(place, bottom() + 18), Anchor.MIDDLE, label);
  }

  /** A dashed line across, with its name at the left end above it. */
  void limit(double value, String name) {
    if (value < y.low() || value > y.high()) {
      return;
    }
    double place = y.at(value);
    svg.line("limit", new Dot(left(), place), new Dot(right(), place));
    svg.text("limit-name", new Dot(left() + 4, place - 5), Anchor.START, name);
  }

  /** Names of lines with a piece of each, one after the other, above the area. */
  void legend(String... stylesAndNames) {
    double place = left() + (svg.width() > 500 ? 0 : -20);
    for (int i = 0; i < stylesAndNames.length; i += 2) {
      String name = stylesAndNames[i + 1];
      double height = top() - 26;
      svg.line(stylesAndNames[i], new Dot(place, height), new Dot(place + 18, height));
      svg.text("legend", new Dot(place + 23, height + 4), Anchor.START, name);
      place += 23 + name.length() * LETTER + 16;
    }
  }
}
