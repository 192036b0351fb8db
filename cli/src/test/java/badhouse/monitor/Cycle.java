package badhouse.monitor;

import badhouse.serving.Slot;

/** The delivery side knows the server: a cycle, too. */
public final class Cycle {
  public int slots() {
    return Slot.class.getName().length();
  }

  public void giveUp() {
    System.exit(1);
  }
}
