package io.mlserve.serving;

import io.mlserve.change.Settled;
import io.mlserve.error.MlserveException;
import io.mlserve.store.ModelFiles;
import io.mlserve.store.ModelFolder;
import io.mlserve.store.ModelMark;
import io.mlserve.store.Stamp;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives what lies in a model's folder its version numbers. Folders that carry none are counted:
 * each touch of the timestamp file announces the next number.
 *
 * <p>Owned by the loop that polls it.
 */
final class VersionLister {
  private final ModelFolder folder;
  private final Map<Long, Settled<String>> settled = new HashMap<>();
  private @Nullable Stamp listed; // the stamp that announced the latest listing
  private @Nullable Stamp applied; // the stamp whose versions were all dealt with
  private NavigableMap<Long, Candidate> last = Collections.emptyNavigableMap();

  /**
   * One version that lies there.
   *
   * @param mark what tells this state of its files from others
   * @param isNumbered whether its number is written on disk, and will be the same tomorrow
   * @param isComplete whether it may be loaded: not while it seems to be still growing
   * @param files where they are; throws if they are no model
   */
  record Candidate(
      Object mark, boolean isNumbered, boolean isComplete, Supplier<ModelFiles> files) {}

  VersionLister(ModelFolder folder) {
    this.folder = folder;
  }

  /**
   * The versions that lie there now, newest first, or empty if nothing can be said: then whatever
   * was there before counts. {@code UNAVAILABLE} if the folder cannot be read.
   *
   * @param served whether a version is served: only then something that may still be growing is
   *     worth waiting for
   * @param lastVersion the latest version that was loaded, 0 at first
   */
  Optional<NavigableMap<Long, Candidate>> list(boolean served, long lastVersion) {
    Optional<ModelMark> seen = folder.look();
    if (seen.isEmpty()) {
      return Optional.empty();
    }
    ModelMark mark = seen.get();
    if (mark instanceof ModelMark.Numbered numbered) {
      listed = null;
      return known(settle(numbered.versions(), served));
    }
    if (mark instanceof ModelMark.Touched touched) {
      if (touched.stamp().equals(applied)) {
        return Optional.of(last);
      }
      listed = touched.stamp();
      return known(announced(touched.stamp(), lastVersion));
    }
    listed = null;
    // Between a swap of the folder and the touch there is no timestamp file: wait for the touch.
    return served ? Optional.empty() : known(single(mark, lastVersion));
  }

  /** Whether the files of a version have changed since it was listed: it was not complete then. */
  boolean hasMoved(long version, Candidate candidate) {
    if (!(candidate.mark() instanceof String facts)) {
      return false; // announced by a touch, which says that it is complete
    }
    try {
      return !facts.equals(folder.numbered().get(version));
    } catch (MlserveException e) {
      return true;
    }
  }

  /** All that the latest listing held was dealt with: only another touch brings something new. */
  void dealtWith() {
    applied = listed;
  }

  private Optional<NavigableMap<Long, Candidate>> known(NavigableMap<Long, Candidate> listing) {
    if (listing.isEmpty()) {
      return Optional.empty();
    }
    last = listing;
    return Optional.of(listing);
  }

  private NavigableMap<Long, Candidate> settle(
      NavigableMap<Long, String> versions, boolean served) {
    settled.keySet().retainAll(versions.keySet());
    NavigableMap<Long, Candidate> listing = descending();
    versions.forEach(
        (version, facts) -> {
          boolean same =
              settled
                  .computeIfAbsent(version, any -> new Settled<>())
                  .observe(Optional.of(facts))
                  .isPresent();
          // At the first look nothing is served, and what lies there is most likely complete: if
          // not, it fails to load and is tried again.
          listing.put(
              version, new Candidate(facts, true, same || !served, () -> folder.files(version)));
        });
    return listing;
  }

  private NavigableMap<Long, Candidate> announced(Stamp stamp, long lastVersion) {
    NavigableMap<Long, Candidate> single = single(new ModelMark.Touched(stamp), lastVersion);
    if (!single.isEmpty()) {
      return single;
    }
    NavigableMap<Long, Candidate> listing = descending();
    folder
        .numbered()
        .forEach(
            (version, facts) ->
                listing.put(
                    version, new Candidate(facts, true, true, () -> folder.files(version))));
    return listing;
  }

  // Resolved here and now: by the time of the load the folder may be another one.
  private NavigableMap<Long, Candidate> single(ModelMark mark, long lastVersion) {
    NavigableMap<Long, Candidate> listing = descending();
    try {
      folder
          .single()
          .ifPresent(
              files ->
                  listing.put(
                      files.version().orElse(lastVersion + 1),
                      new Candidate(mark, files.version().isPresent(), true, () -> files)));
    } catch (MlserveException e) {
      listing.put(
          lastVersion + 1,
          new Candidate(
              mark,
              false,
              true,
              () -> {
                throw e;
              }));
    }
    return listing;
  }

  private static NavigableMap<Long, Candidate> descending() {
    return new TreeMap<>(Comparator.reverseOrder());
  }
}
