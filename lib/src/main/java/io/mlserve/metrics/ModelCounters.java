package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import java.util.Optional;

/**
 * Requests that name a model but reach no version of it. Thread-safe and exact.
 *
 * <p>A client can make up the name of a model, so those of unknown models are all counted as one.
 */
public final class ModelCounters {
  private final RequestCells requests = new RequestCells(Optional.of(ErrorCode.NOT_FOUND));

  ModelCounters() {}

  /** A request was turned away. */
  public void refused(Protocol protocol, Selector selector, ErrorCode code) {
    requests.failed(protocol, selector, code);
  }

  RequestCells requests() {
    return requests;
  }
}
