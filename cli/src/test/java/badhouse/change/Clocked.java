package badhouse.change;

import java.time.Instant;

/** A decision that asks for the time instead of being told. */
public final class Clocked {
  public boolean due(Instant at) {
    return Instant.now().isAfter(at);
  }
}
