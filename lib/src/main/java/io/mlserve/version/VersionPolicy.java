package io.mlserve.version;

import java.util.Collections;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which of the versions that lie there should be loaded. */
public sealed interface VersionPolicy {
  /** The newest one. */
  VersionPolicy NEWEST = new Latest(1);

  /** Out of {@code listed}, in any order, those to be loaded, newest first. */
  NavigableSet<Long> wanted(Set<Long> listed);

  /** Whether another version is better than none while no wanted one can be loaded. */
  boolean allowsOthers();

  /** The {@code count} newest, as in {@code latest { num_versions: 2 }}. */
  record Latest(int count) implements VersionPolicy {
    public Latest {
      if (count < 1) {
        throw new IllegalArgumentException("count: " + count + " (expected: at least 1)");
      }
    }

    @Override
    public NavigableSet<Long> wanted(Set<Long> listed) {
      return descending(listed.stream().sorted(Comparator.reverseOrder()).limit(count));
    }

    @Override
    public boolean allowsOthers() {
      return true;
    }

    @Override
    public String toString() {
      return "latest " + count;
    }
  }

  /** Every one. */
  record All() implements VersionPolicy {
    @Override
    public NavigableSet<Long> wanted(Set<Long> listed) {
      return descending(listed.stream());
    }

    @Override
    public boolean allowsOthers() {
      return true;
    }

    @Override
    public String toString() {
      return "all";
    }
  }

  /** Those of {@code versions} that lie there, and no others. */
  record Specific(Set<Long> versions) implements VersionPolicy {
    public Specific {
      versions = Collections.unmodifiableSortedSet(new TreeSet<>(versions));
    }

    @Override
    public NavigableSet<Long> wanted(Set<Long> listed) {
      return descending(listed.stream().filter(versions::contains));
    }

    @Override
    public boolean allowsOthers() {
      return false;
    }

    @Override
    public String toString() {
      return "specific " + versions.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
  }

  private static NavigableSet<Long> descending(Stream<Long> versions) {
    NavigableSet<Long> sorted = new TreeSet<>(Comparator.reverseOrder());
    versions.forEach(sorted::add);
    return sorted;
  }
}
