package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Requests by protocol, selector and outcome. All cells are there from the start, so that counting
 * is finding one and adding to it. Thread-safe and exact.
 */
final class RequestCells {
  private final Map<Protocol, Map<Selector, Outcomes>> cells = new EnumMap<>(Protocol.class);
  private final Optional<ErrorCode> usual;

  /** Takes what one cell holds. */
  @FunctionalInterface
  interface Reader {
    /** A {@code code} that is empty stands for success. */
    void read(Protocol protocol, Selector selector, Optional<ErrorCode> code, long count);
  }

  private static final class Outcomes {
    private final LongAdder succeeded = new LongAdder();
    private final Map<ErrorCode, LongAdder> failed = new EnumMap<>(ErrorCode.class);

    Outcomes() {
      for (ErrorCode code : ErrorCode.values()) {
        failed.put(code, new LongAdder());
      }
    }

    LongAdder failed(ErrorCode code) {
      LongAdder cell = failed.get(code);
      if (cell == null) {
        throw new IllegalStateException("no cell of " + code);
      }
      return cell;
    }
  }

  /**
   * @param usual the outcome that is shown even before it occurs; empty for success
   */
  RequestCells(Optional<ErrorCode> usual) {
    this.usual = usual;
    for (Protocol protocol : Protocol.values()) {
      Map<Selector, Outcomes> each = new EnumMap<>(Selector.class);
      for (Selector selector : Selector.values()) {
        each.put(selector, new Outcomes());
      }
      cells.put(protocol, each);
    }
  }

  void succeeded(Protocol protocol, Selector selector) {
    of(protocol, selector).succeeded.increment();
  }

  void failed(Protocol protocol, Selector selector, ErrorCode code) {
    of(protocol, selector).failed(code).increment();
  }

  private Outcomes of(Protocol protocol, Selector selector) {
    Map<Selector, Outcomes> each = cells.get(protocol);
    Outcomes outcomes = each == null ? null : each.get(selector);
    if (outcomes == null) {
      throw new IllegalStateException("no cells of " + protocol + " " + selector);
    }
    return outcomes;
  }

  /** Every cell that counted something, and those of the usual outcome. */
  void read(Reader reader) {
    cells.forEach(
        (protocol, each) ->
            each.forEach(
                (selector, outcomes) -> {
                  long succeeded = outcomes.succeeded.sum();
                  if (succeeded > 0 || usual.isEmpty()) {
                    reader.read(protocol, selector, Optional.empty(), succeeded);
                  }
                  outcomes.failed.forEach(
                      (code, cell) -> {
                        long failed = cell.sum();
                        Optional<ErrorCode> outcome = Optional.of(code);
                        if (failed > 0 || outcome.equals(usual)) {
                          reader.read(protocol, selector, outcome, failed);
                        }
                      });
                }));
  }

  /** How many requests there were in all. */
  long total() {
    long[] total = new long[1];
    read((protocol, selector, code, count) -> total[0] += count);
    return total[0];
  }
}
