package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.Signature;
import io.mlserve.model.TensorSpec;
import io.mlserve.runtime.OutputMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Direct memory for the tensors of one model, kept so that requests of a usual size allocate
 * nothing. Each input has a slab; requests that are to run together write to it one after another,
 * so that their rows lie side by side and are one tensor without being moved.
 *
 * <p>Not thread-safe: whoever has borrowed it owns it.
 */
public final class TensorMemory implements OutputMemory {
  private static final int KEPT = 16 << 20; // a slab larger than this is given back after its batch
  private static final int SMALLEST = 1024;

  private final String[] names;
  private final Slab[] inputs;
  private final List<Slab> outputs = new ArrayList<>();
  private int taken;

  /** A piece of memory that grows. */
  public static final class Slab {
    private ByteBuffer bytes = allocate(SMALLEST);
    private int start; // of what the request that is being read has written
    private int moves;

    /**
     * The memory, at the position where it was left, with room for {@code more} bytes. Growing
     * moves it: ask again rather than keep what this returned.
     */
    public ByteBuffer room(int more) {
      if (bytes.remaining() < more) {
        grow(more);
      }
      return bytes;
    }

    private void grow(int more) {
      long wanted = Math.max((long) bytes.position() + more, 2L * bytes.capacity());
      ByteBuffer larger = allocate(Math.min(wanted, Integer.MAX_VALUE - 8));
      if (larger.capacity() < (long) bytes.position() + more) {
        throw tooLarge((long) bytes.position() + more);
      }
      larger.put(bytes.flip());
      bytes = larger;
      moves++;
    }

    /** What the present request has written so far, as a view. */
    public ByteBuffer written() {
      return view(start, bytes.position() - start);
    }

    private ByteBuffer view(int from, int length) {
      return bytes.slice(from, length).order(ByteOrder.nativeOrder());
    }

    private ByteBuffer take(int size) {
      ByteBuffer room = room(size);
      ByteBuffer view = view(room.position(), size);
      room.position(room.position() + size);
      return view;
    }
  }

  /** For requests for models of {@code signature}. */
  public TensorMemory(Signature signature) {
    this.names = signature.inputs().stream().map(TensorSpec::name).toArray(String[]::new);
    this.inputs = new Slab[names.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new Slab();
    }
  }

  /**
   * The slab of the input {@code name}, at the start of what this request writes there: whatever it
   * has written before is gone.
   */
  public Slab slab(String name) {
    for (int i = 0; i < names.length; i++) { // a handful at most
      if (names[i].equals(name)) {
        inputs[i].bytes.position(inputs[i].start);
        return inputs[i];
      }
    }
    throw new IllegalArgumentException("no input is called " + name);
  }

  /** Memory of {@code size} bytes for the input {@code name}, position 0, in native order. */
  public ByteBuffer take(String name, long size) {
    return slab(name).take(checked(size));
  }

  @Override
  public ByteBuffer take(long size) {
    if (taken == outputs.size()) {
      outputs.add(new Slab());
    }
    return outputs.get(taken++).take(checked(size));
  }

  /** A request is read from now on: it writes behind those before it. */
  void begin() {
    for (Slab slab : inputs) {
      slab.start = slab.bytes.position();
    }
  }

  /**
   * Whether the request that was read last wrote {@code size} bytes for the input at that index.
   */
  boolean holds(int index, int size) {
    return inputs[index].bytes.position() - inputs[index].start == size;
  }

  /** What the request that is being read has written is free again. */
  void rollback() {
    for (Slab slab : inputs) {
      slab.bytes.position(slab.start);
    }
    freeOutputs();
  }

  /** The first {@code size} bytes of the slab of the input at {@code index}. */
  ByteBuffer front(int index, int size) {
    Slab slab = inputs[index];
    return slab.view(0, size);
  }

  /** Room behind what was written is made, and the last {@code row} bytes are repeated there. */
  void pad(int index, int row, int times) {
    Slab slab = inputs[index];
    for (int i = 0; i < times; i++) {
      ByteBuffer room = slab.room(row);
      ByteBuffer last = slab.view(room.position() - row, row);
      room.put(last);
    }
  }

  /** Goes up whenever an input's memory has moved. */
  int moves() {
    int moves = 0;
    for (Slab slab : inputs) {
      moves += slab.moves;
    }
    return moves;
  }

  /** Every output's memory is free again. */
  void freeOutputs() {
    taken = 0;
    for (int i = outputs.size() - 1; i >= 0; i--) {
      if (outputs.get(i).bytes.capacity() > KEPT) {
        outputs.remove(i);
      } else {
        outputs.get(i).bytes.clear();
      }
    }
  }

  /** Everything is free again. */
  void reset() {
    freeOutputs();
    for (Slab slab : inputs) {
      if (slab.bytes.capacity() > KEPT) {
        slab.bytes = allocate(SMALLEST);
        slab.moves++;
      }
      slab.bytes.clear();
      slab.start = 0;
    }
  }

  private static int checked(long size) {
    if (size > Integer.MAX_VALUE - 8) {
      throw tooLarge(size);
    }
    return (int) size;
  }

  private static MlserveException tooLarge(long size) {
    return new MlserveException(
        ErrorCode.RESOURCE_EXHAUSTED, "a tensor of " + size + " bytes (expected: less than 2 GiB)");
  }

  private static ByteBuffer allocate(long size) {
    return ByteBuffer.allocateDirect(checked(size)).order(ByteOrder.nativeOrder());
  }
}
