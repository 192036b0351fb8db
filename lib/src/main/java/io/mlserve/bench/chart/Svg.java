package io.mlserve.bench.chart;

import java.util.List;
import java.util.Locale;

/** Draws one picture. Colours are classes, which the page's style gives a meaning. */
final class Svg {
  /** Where a text stands relative to its place. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** A place in the picture. */
  record Dot(double x, double y) {}

  private final StringBuilder body = new StringBuilder();
  private final int width;
  private final int height;

  Svg(int width, int height) {
    this.width = width;
    this.height = height;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  void line(String style, Dot from, Dot to) {
    body.append(
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
            .formatted(style, short1(from.x), short1(from.y), short1(to.x), short1(to.y)));
  }

  void path(String style, List<Dot> dots) {
    if (dots.size() < 2) {
      dots.forEach(dot -> circle(style + " dot", dot, 2.5));
      return;
    }
    body.append("<path class=\"%s\" d=\"".formatted(style));
    for (int i = 0; i < dots.size(); i++) {
      body.append(i == 0 ? "M" : i == 1 ? "L" : " ");
      body.append(short1(dots.get(i).x)).append(' ').append(short1(dots.get(i).y));
    }
    body.append("\"/>\n");
  }

  void circle(String style, Dot center, double radius) {
    body.append(
        "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n"
            .formatted(style, short1(center.x), short1(center.y), short1(radius)));
  }

  void rect(String style, Dot corner, double wide, double high) {
    rect(style, corner, wide, high, 1);
  }

  void rect(String style, Dot corner, double wide, double high, double opacity) {
    body.append(
        "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"%s/>\n"
            .formatted(
                style,
                short1(corner.x),
                short1(corner.y),
                short1(Math.max(0, wide)),
                short1(Math.max(0, high)),
                opacity < 1 ? String.format(Locale.ROOT, " fill-opacity=\"%.2f\"", opacity) : ""));
  }

  void text(String style, Dot at, Anchor anchor, String text) {
    String where =
        switch (anchor) {
          case START -> "";
          case MIDDLE -> " text-anchor=\"middle\"";
          case END -> " text-anchor=\"end\"";
        };
    body.append(
        "<text class=\"%s\" x=\"%s\" y=\"%s\"%s>%s</text>\n"
            .formatted(style, short1(at.x), short1(at.y), where, Html.escaped(text)));
  }

  /**
   * The picture as an element.
   *
   * @param style {@code wide} or {@code narrow}
   * @param label what it shows, for who cannot see it
   */
  String element(String style, String label) {
    return "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n%s</svg>\n"
        .formatted(style, width, height, Html.escaped(label), body);
  }

  private static String short1(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value + 0.0);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
