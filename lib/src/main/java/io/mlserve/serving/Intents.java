package io.mlserve.serving;

import io.mlserve.error.MlserveException;
import io.mlserve.serving.VersionEvent.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What operators asked of one model beyond its settings, and who of them still waits to hear that
 * it is done. Thread-safe; nothing in here takes longer than a few lines.
 */
final class Intents {
  // guarded by this
  private final Set<Long> pinned = new HashSet<>();
  private final Set<Long> dismissed = new HashSet<>();
  private final List<Request> requests = new ArrayList<>();
  private boolean enabled = true;
  private Optional<Cause> retry = Optional.empty(); // who wants failures to be forgotten

  /** What was asked for. */
  sealed interface Wish {
    /** That the newest wanted version answers. */
    record Loaded() implements Wish {}

    /** The same, because a configuration says so: versions stay away that were sent away. */
    record Configured() implements Wish {}

    /** That no version answers. */
    record Unloaded() implements Wish {}

    record VersionLoaded(long version) implements Wish {}

    record VersionUnloaded(long version) implements Wish {}
  }

  /** Says how far a wish is. */
  interface Judge {
    /** Empty while it is still under way; a fulfilled wish has no failure. */
    Optional<Outcome> judge(Wish wish);
  }

  /** How a wish ended. */
  record Outcome(Optional<MlserveException> failure) {
    static final Outcome FULFILLED = new Outcome(Optional.empty());

    static Outcome failed(MlserveException why) {
      return new Outcome(Optional.of(why));
    }
  }

  private record Request(Wish wish, CompletableFuture<Void> done) {}

  /** All of it at one time. */
  record Snapshot(boolean enabled, Set<Long> pinned, Set<Long> dismissed) {}

  synchronized CompletionStage<Void> add(Wish wish) {
    if (wish instanceof Wish.Loaded) {
      enabled = true;
      retry = Optional.of(Cause.OPERATOR);
      dismissed.clear();
    } else if (wish instanceof Wish.Configured) {
      enabled = true;
      retry = Optional.of(Cause.CONFIGURATION);
    } else if (wish instanceof Wish.Unloaded) {
      enabled = false;
    } else if (wish instanceof Wish.VersionLoaded one) {
      enabled = true;
      retry = Optional.of(Cause.OPERATOR);
      pinned.add(one.version());
      dismissed.remove(one.version());
    } else if (wish instanceof Wish.VersionUnloaded one) {
      pinned.remove(one.version());
      dismissed.add(one.version());
    }
    Request request = new Request(wish, new CompletableFuture<>());
    requests.add(request);
    return request.done().copy();
  }

  synchronized Snapshot read() {
    return new Snapshot(enabled, Set.copyOf(pinned), Set.copyOf(dismissed));
  }

  synchronized boolean isEnabled() {
    return enabled;
  }

  synchronized boolean isAnyoneWaiting() {
    return !requests.isEmpty();
  }

  /** Who asked, since the last call, that failures be forgotten; empty if nobody did. */
  synchronized Optional<Cause> takeRetry() {
    Optional<Cause> asked = retry;
    retry = Optional.empty();
    return asked;
  }

  /** Tells those whose wish has come to an end. */
  void settle(Judge judge) {
    List<Runnable> news = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Request> all = requests.iterator(); all.hasNext(); ) {
        Request request = all.next();
        Optional<Outcome> outcome = judge.judge(request.wish());
        if (outcome.isPresent()) {
          all.remove();
          news.add(() -> tell(request, outcome.get()));
        }
      }
    }
    news.forEach(Runnable::run); // not under the lock: whoever listens may ask for more
  }

  private static void tell(Request request, Outcome outcome) {
    if (outcome.failure().isPresent()) {
      request.done().completeExceptionally(outcome.failure().get());
    } else {
      request.done().complete(null);
    }
  }
}
