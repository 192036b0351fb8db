package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Requests by kind. A kind has its cell from its first request on, so that what never happens takes
 * no memory and no time of a scrape. Thread-safe and exact.
 */
final class RequestCells {
  private final AtomicReferenceArray<LongAdder> cells =
      new AtomicReferenceArray<>(RequestKind.ALL.size());
  private final int usual; // its place among the kinds of one protocol and selector

  /** Takes what one cell holds. */
  @FunctionalInterface
  interface Reader {
    /** The kind is the one at {@code index} of {@link RequestKind#ALL}. */
    void read(int index, long count);
  }

  /**
   * @param usual the outcome that is shown even before it occurs; empty for success
   */
  RequestCells(Optional<ErrorCode> usual) {
    this.usual = usual.map(RequestKind::place).orElse(0);
  }

  void succeeded(Protocol protocol, Selector selector) {
    cell(RequestKind.succeeded(protocol, selector)).increment();
  }

  void failed(Protocol protocol, Selector selector, ErrorCode code) {
    cell(RequestKind.failed(protocol, selector, code)).increment();
  }

  private LongAdder cell(int index) {
    LongAdder cell = cells.get(index);
    if (cell != null) {
      return cell;
    }
    LongAdder fresh = new LongAdder();
    cell = cells.compareAndExchange(index, null, fresh);
    return cell == null ? fresh : cell;
  }

  /** Whether a kind counted something, or is the usual one. */
  boolean isShown(int index) {
    return cells.get(index) != null || index % RequestKind.CODES == usual;
  }

  long count(int index) {
    LongAdder cell = cells.get(index);
    return cell == null ? 0 : cell.sum();
  }

  /** Every kind that is shown. */
  void read(Reader reader) {
    for (int index = 0; index < cells.length(); index++) {
      if (isShown(index)) {
        reader.read(index, count(index));
      }
    }
  }

  /** How many requests there were in all. */
  long total() {
    long total = 0;
    for (int index = 0; index < cells.length(); index++) {
      total += count(index);
    }
    return total;
  }
}
