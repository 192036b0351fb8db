package io.mlserve.commands;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What the user may have meant by a word that nobody knows. */
final class Suggestions {
  private Suggestions() {}

  /** The known word closest to {@code word}, or empty if none is close. */
  static Optional<String> closest(String word, Collection<String> known) {
    record Candidate(String word, int distance) {}
    return known.stream()
        .map(k -> new Candidate(k, distance(word, k)))
        .filter(c -> c.distance() <= Math.max(1, Math.min(word.length(), c.word().length()) / 3))
        .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::word))
        .map(Candidate::word);
  }

  /** " (did you mean ...?)", or nothing. */
  static String didYouMean(String word, Collection<String> known) {
    return closest(word, known).map(k -> " (did you mean " + k + "?)").orElse("");
  }

  // Edits between two words: insert, delete, replace, or swap two neighbours, each counts one.
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replace, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
