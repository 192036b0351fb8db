package io.mlserve.commands;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** The latest values of something, as a row of small bars. Not thread-safe. */
final class Sparkline {
  private static final int MOST = 200;
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private final Deque<Double> values = new ArrayDeque<>();

  void add(double value) {
    values.addLast(value);
    if (values.size() > MOST) {
      values.removeFirst();
    }
  }

  /** The latest values, the newest at the right, as high as the highest of them asks for. */
  String text(int width) {
    int shown = Math.max(0, Math.min(width, values.size()));
    double highest = 0;
    Iterator<Double> newest = values.descendingIterator();
    for (int i = 0; i < shown; i++) {
      highest = Math.max(highest, newest.next());
    }
    StringBuilder bars = new StringBuilder();
    Iterator<Double> again = values.descendingIterator();
    for (int i = 0; i < shown; i++) {
      bars.append(bar(again.next(), highest));
    }
    return bars.reverse().toString();
  }

  private static char bar(double value, double highest) {
    if (!(value > 0) || highest == 0) {
      return ' ';
    }
    int step = (int) Math.ceil(value / highest * BARS.length()) - 1;
    return BARS.charAt(Math.max(0, Math.min(BARS.length() - 1, step)));
  }
}
