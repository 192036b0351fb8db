package io.mlserve.serving;

import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.ModelName;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One model under its name: what of it is current, and what became of its versions. */
public final class ServedModel implements AutoCloseable {
  private final ModelName name;
  private final ServingMetrics metrics;
  private final VersionHistory history;
  private final ModelSlot<Servable> slot;

  ServedModel(ModelName name, ServingMetrics metrics, Clock clock) {
    this.name = name;
    this.metrics = metrics;
    this.history = new VersionHistory(name, metrics, clock);
    this.slot = new ModelSlot<>(this::retire);
    metrics.introduce(name);
  }

  private void retire(Servable servable) {
    servable.close();
    if (servedVersion().orElse(-1) != servable.version()) { // not when its files changed in place
      history.enter(servable.version(), VersionStatus.State.END);
    }
    metrics.closed(name);
  }

  public ModelName name() {
    return name;
  }

  /** A lease of the version that is served now, or empty if none is; the caller closes it. */
  public Optional<Lease<Servable>> lease() {
    return slot.lease();
  }

  /** The same if the version served now is {@code version}. */
  public Optional<Lease<Servable>> lease(long version) {
    Optional<Lease<Servable>> lease = slot.lease();
    if (lease.isPresent() && lease.get().value().version() != version) {
      lease.get().close();
      return Optional.empty();
    }
    return lease;
  }

  /** Every version that is known of, newest first. */
  public List<VersionStatus> versions() {
    return history.all();
  }

  /** The version that answers requests now, if any does. */
  public OptionalLong servedVersion() {
    Optional<Lease<Servable>> lease = slot.lease();
    if (lease.isEmpty()) {
      return OptionalLong.empty();
    }
    try (Lease<Servable> held = lease.get()) {
      return OptionalLong.of(held.value().version());
    }
  }

  VersionHistory history() {
    return history;
  }

  /** Lets {@code next} take all requests from now on. One thread at a time. */
  void swap(Servable next) {
    Optional<Lease<Servable>> before = slot.lease();
    slot.swap(next);
    // Reported after the fact: whoever reads it and then asks gets the new version. The old one is
    // held until then, so that no status call finds a moment without an available version.
    history.enter(next.version(), VersionStatus.State.AVAILABLE);
    before.ifPresent(
        lease -> {
          if (lease.value().version() != next.version()) {
            history.enter(lease.value().version(), VersionStatus.State.UNLOADING);
          }
          lease.close();
        });
  }

  /** Nothing is served any more; what still runs is closed when it ends. */
  @Override
  public void close() {
    slot.close();
  }
}
