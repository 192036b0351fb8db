package io.mlserve.serving;

import java.util.List;
import java.util.Optional;

/** Where models lie that may be served though nobody named them. Thread-safe. */
public interface ModelFinder {
  /** Names that may be models, now; {@code UNAVAILABLE} if that cannot be found out. */
  List<String> names();

  /** How {@code name} is to be served, or empty if no model lies there. */
  Optional<ModelSettings> find(String name);
}
