package io.mlserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ModelSlotTest {
  private static final int THREADS = Integer.getInteger("mlserve.stress.threads", 64);
  private static final int SWAPS = Integer.getInteger("mlserve.stress.swaps", 5_000);
  private static final int MOST_SECONDS = Integer.getInteger("mlserve.stress.seconds", 10);

  private final List<Integer> retired = new ArrayList<>();
  private final ModelSlot<Integer> slot = new ModelSlot<>(retired::add);

  @Test
  void anEmptySlotLeasesNothing() {
    assertThat(slot.lease()).isEmpty();
  }

  @Test
  void whatWasSwappedOutIsRetiredByItsLastLease() {
    slot.swap(1);
    Lease<Integer> first = slot.lease().orElseThrow();
    Lease<Integer> second = slot.lease().orElseThrow();
    slot.swap(2);
    first.close();
    assertThat(retired).isEmpty();
    assertThat(second.value()).isEqualTo(1);
    second.close();
    assertThat(retired).containsExactly(1);
  }

  @Test
  void whatNobodyLeasesIsRetiredByTheSwap() {
    slot.swap(1);
    slot.swap(2);
    assertThat(retired).containsExactly(1);
  }

  @Test
  void closingALeaseTwiceGivesItBackOnce() {
    slot.swap(1);
    Lease<Integer> lease = slot.lease().orElseThrow();
    Lease<Integer> other = slot.lease().orElseThrow();
    slot.swap(2);
    lease.close();
    lease.close();
    assertThat(retired).isEmpty();
    other.close();
    assertThat(retired).containsExactly(1);
  }

  @Test
  void aClosedSlotRetiresWhatItHeldAndLeasesNothing() {
    slot.swap(1);
    slot.close();
    assertThat(retired).containsExactly(1);
    assertThat(slot.lease()).isEmpty();
  }

  /** Stands for native memory: knows when it is used after it was freed. */
  private static final class Fragile {
    private final AtomicInteger closes = new AtomicInteger();

    boolean isOpen() {
      return closes.get() == 0;
    }
  }

  @Test
  void noLeaseEverSeesAClosedVersionAndEachIsClosedOnce() throws InterruptedException {
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger closedTwice = new AtomicInteger();
    ModelSlot<Fragile> stressed =
        new ModelSlot<>(
            fragile -> {
              closed.incrementAndGet();
              if (fragile.closes.incrementAndGet() > 1) {
                closedTwice.incrementAndGet();
              }
            });
    stressed.swap(new Fragile());
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong leases = new AtomicLong();
    AtomicLong usedAfterClose = new AtomicLong();
    CountDownLatch started = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                started.countDown();
                while (!stop.get()) {
                  Optional<Lease<Fragile>> lease = stressed.lease();
                  try (Lease<Fragile> held = lease.orElseThrow()) {
                    boolean before = held.value().isOpen();
                    LockSupport.parkNanos(20_000); // as long as a small model runs
                    if (!before || !held.value().isOpen()) {
                      usedAfterClose.incrementAndGet();
                    }
                    leases.incrementAndGet();
                  }
                }
              },
              "lease-" + i);
      threads.add(thread);
      thread.start();
    }
    assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    int swaps = 0;
    while (swaps < SWAPS && System.nanoTime() < end) {
      stressed.swap(new Fragile());
      swaps++;
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    stressed.close();
    System.out.printf(
        "%d swaps under %d threads, %d leases: %d uses after close, %d closed, %d closed twice%n",
        swaps, THREADS, leases.get(), usedAfterClose.get(), closed.get(), closedTwice.get());
    assertThat(leases.get()).isGreaterThan(swaps);
    assertThat(usedAfterClose).hasValue(0);
    assertThat(closedTwice).hasValue(0);
    assertThat(closed).hasValue(swaps + 1);
  }
}
