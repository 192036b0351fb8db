package io.mlserve.grpc;

import java.util.Optional;

/** Who can answer now; asked from event loops, so it must not wait. */
public interface Readiness {
  /** Whether the server as a whole can. */
  boolean isReady();

  /** Whether the model of this name can; empty if there is none. */
  Optional<Boolean> isReady(String model);
}
