package io.mlserve.archive;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The paths taken so far, as a case-insensitive file system with one Unicode form would see them.
 * Each node holds one name, so deep paths cost no more than their last part.
 */
final class NameTree {
  private final Node root = new Node("", false);

  /**
   * Takes {@code path} and the folders above it. Returns how many of its leading names were taken
   * before as folders: all of them for a folder that is named again, which is harmless. {@code
   * DATA_LOSS} if the path, or a folder above it, clashes with an earlier one.
   */
  int add(EntryPath path, boolean file) {
    List<String> segments = path.segments();
    Node at = root;
    int known = 0;
    for (int i = 0; i < segments.size(); i++) {
      boolean last = i == segments.size() - 1;
      String segment = segments.get(i);
      String key = fold(segment);
      Node next = at.children.get(key);
      if (next == null) {
        next = new Node(segment, last && file);
        at.children.put(key, next);
      } else {
        check(path, next, segment, last, file);
        known++;
      }
      at = next;
    }
    return known;
  }

  private static void check(
      EntryPath path, Node taken, String segment, boolean last, boolean file) {
    String name = path.toString();
    if (!taken.name.equals(segment)) {
      throw Refusal.unsafe(
          name,
          "collides with "
              + SafeText.quote(taken.name)
              + " where case or Unicode forms are not told apart");
    }
    if (last && file && taken.file) {
      throw Refusal.unsafe(name, "appears twice");
    }
    if (last ? file != taken.file : taken.file) {
      throw Refusal.unsafe(name, "is or lies below a name that is both a file and a folder");
    }
  }

  // Upper case first: it unites what lower case alone keeps apart, such as the long s with s.
  private static String fold(String segment) {
    String upper = Normalizer.normalize(segment, Normalizer.Form.NFD).toUpperCase(Locale.ROOT);
    return Normalizer.normalize(upper.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }

  private static final class Node {
    final String name;
    final boolean file;
    final Map<String, Node> children;

    Node(String name, boolean file) {
      this.name = name;
      this.file = file;
      this.children = file ? Map.of() : new HashMap<>(4);
    }
  }
}
