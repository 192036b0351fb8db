package io.mlserve.transport;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Threads that each wait for many sockets, and on which everything about a connection happens.
 * Whoever opened them closes them, after the engines that use them. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {
  private final EventLoopGroup group;
  private final Transport transport;

  private EventLoops(EventLoopGroup group, Transport transport) {
    this.group = group;
    this.transport = transport;
  }

  /**
   * Starts {@code threads} of them, called {@code name}. {@code FAILED_PRECONDITION} if the machine
   * does not have {@code transport}.
   */
  public static EventLoops open(String name, int threads, Transport transport) {
    if (!transport.isAvailable()) {
      throw new MlserveException(
              ErrorCode.FAILED_PRECONDITION,
              "transport "
                  + transport.name().toLowerCase(Locale.ROOT)
                  + " is not available (expected: a kernel that has it and lets this process use"
                  + " it)")
          .withHint("use --transport auto");
    }
    return new EventLoops(
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory(name, true), transport.handlers()),
        transport);
  }

  /** As many as there are, with the transport that is always right. */
  public static EventLoops open(String name, int threads) {
    return open(name, threads, Transport.AUTO);
  }

  public EventLoopGroup group() {
    return group;
  }

  /** A channel that can listen on these loops. */
  public ServerChannel listener() {
    return transport.listener();
  }

  /**
   * Runs {@code task} once on each loop, on its own thread, with what runs further tasks there.
   * Returns when all have.
   */
  public void onEach(Consumer<Executor> task) {
    for (EventExecutor loop : group) {
      loop.submit(() -> task.accept(loop)).syncUninterruptibly();
    }
  }

  /** Waits until every loop has passed this point. */
  public void pass() {
    onEach(loop -> {});
  }

  /** Ends the threads, and the connections that are left. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
