package io.mlserve.serving;

import io.mlserve.error.MlserveException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds models that turn up where nobody named them. They are only ever found here, never lost: a
 * folder that is gone may come back. One that cannot be read holds up no other, and is complained
 * of once.
 *
 * <p>Owned by the loop that calls {@link #poll}.
 */
final class ModelDiscovery {
  private static final Logger log = LoggerFactory.getLogger(ModelDiscovery.class);

  private final ModelFinder finder;
  private final Predicate<String> known;
  private final Consumer<ModelSettings> found;
  private final Map<String, String> complaints =
      new HashMap<>(); // by model; "" for the place itself

  /**
   * @param known whether a model of that name is served already
   * @param found takes a new one
   */
  ModelDiscovery(ModelFinder finder, Predicate<String> known, Consumer<ModelSettings> found) {
    this.finder = finder;
    this.known = known;
    this.found = found;
  }

  /** Looks once; {@code UNAVAILABLE} if the place cannot be read at all. */
  void look() {
    for (String name : finder.names()) {
      if (known.test(name)) {
        continue;
      }
      try {
        finder.find(name).ifPresent(found);
        complaints.remove(name);
      } catch (MlserveException e) {
        complain(name, e);
      }
    }
    complaints.remove("");
  }

  /** The same, but a place that cannot be read is nothing but a line in the log. */
  void poll() {
    try {
      look();
    } catch (MlserveException e) {
      complain("", e);
    }
  }

  private void complain(String name, MlserveException why) {
    if (!why.message().equals(complaints.put(name, why.message()))) {
      log.warn("{}{}; going on", name.isEmpty() ? "" : name + ": ", why.message());
    }
  }
}
