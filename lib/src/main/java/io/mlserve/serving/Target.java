package io.mlserve.serving;

import io.mlserve.metrics.Selector;
import io.mlserve.version.VersionChoice;

/**
 * Whom a request is for.
 *
 * @param model as the client wrote it: it need not be anybody's name
 */
public record Target(String model, VersionChoice version) {
  /** How it says which version it means. */
  public Selector selector() {
    if (version instanceof VersionChoice.Specific) {
      return Selector.VERSION;
    }
    return version instanceof VersionChoice.Label ? Selector.LABEL : Selector.DEFAULT;
  }
}
