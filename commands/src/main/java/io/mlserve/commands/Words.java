package io.mlserve.commands;

import java.util.List;
import java.util.Locale;

/** Words for sentences. */
final class Words {
  private Words() {}

  /** {@code a, b or c}, in lower case as users write them. */
  static String or(List<String> words) {
    List<String> lower = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
    int last = lower.size() - 1;
    return last < 1
        ? String.join("", lower)
        : String.join(", ", lower.subList(0, last)) + " or " + lower.get(last);
  }
}
