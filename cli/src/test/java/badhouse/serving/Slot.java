package badhouse.serving;

import badhouse.monitor.Cycle;
import io.netty.buffer.Unpooled;

/** The server reaches into the delivery side, and frames bytes itself. */
public final class Slot {
  public int readable(Cycle cycle) {
    return cycle.slots() + Unpooled.EMPTY_BUFFER.readableBytes();
  }
}
