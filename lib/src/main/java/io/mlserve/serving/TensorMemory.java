package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.runtime.OutputMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Direct memory for the tensors of one call after another, kept so that a call of a usual size
 * allocates nothing. What was handed out is valid until {@link #reset}.
 *
 * <p>Not thread-safe: the thread that runs the calls owns it.
 */
public final class TensorMemory implements OutputMemory {
  private static final int KEPT = 16 << 20; // a slab larger than this is given back after its call
  private static final int SMALLEST = 4096;

  private final List<Slab> slabs = new ArrayList<>();
  private int taken;

  /** A piece of memory that grows. */
  public static final class Slab {
    private ByteBuffer bytes = allocate(SMALLEST);

    /**
     * The memory, at the position where it was left, with room for {@code more} bytes. Growing
     * moves it: ask again rather than keep what this returned.
     */
    public ByteBuffer room(int more) {
      if (bytes.remaining() < more) {
        long wanted = Math.max((long) bytes.position() + more, 2L * bytes.capacity());
        ByteBuffer larger = allocate(wanted);
        larger.put(bytes.flip());
        bytes = larger;
      }
      return bytes;
    }

    /** What was written so far, from its start, as a view. */
    public ByteBuffer written() {
      return bytes.duplicate().flip().order(ByteOrder.nativeOrder());
    }
  }

  /** An empty slab. */
  public Slab slab() {
    if (taken == slabs.size()) {
      slabs.add(new Slab());
    }
    return slabs.get(taken++);
  }

  @Override
  public ByteBuffer take(long size) {
    Slab slab = slab();
    slab.room(checked(size));
    return slab.bytes.duplicate().limit((int) size).order(ByteOrder.nativeOrder());
  }

  /** Everything handed out is free again. */
  public void reset() {
    taken = 0;
    slabs.removeIf(slab -> slab.bytes.capacity() > KEPT);
    for (Slab slab : slabs) {
      slab.bytes.clear();
    }
  }

  private static int checked(long size) {
    if (size > Integer.MAX_VALUE - 8) {
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "a tensor of " + size + " bytes (expected: less than 2 GiB)");
    }
    return (int) size;
  }

  private static ByteBuffer allocate(long size) {
    return ByteBuffer.allocateDirect(checked(size)).order(ByteOrder.nativeOrder());
  }
}
