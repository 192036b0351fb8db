package io.mlserve.bench;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The threads that put on the load. */
final class Loops implements AutoCloseable {
  private final EventLoopGroup group;
  private final List<EventLoop> all = new ArrayList<>();

  /** Epoll where the system has it. */
  Loops(int threads) {
    group =
        new MultiThreadIoEventLoopGroup(
            threads,
            new DefaultThreadFactory("bench", true),
            isEpoll() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    for (int i = 0; i < threads; i++) {
      all.add(group.next());
    }
  }

  static boolean isEpoll() {
    return Epoll.isAvailable();
  }

  EventLoopGroup group() {
    return group;
  }

  List<EventLoop> all() {
    return List.copyOf(all);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
