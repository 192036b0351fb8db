package io.mlserve.transport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;

/** How event loops ask the kernel which sockets have something for them. */
public enum Transport {
  /** The best that is always safe here: epoll, or Java's own where that is not there. */
  AUTO,
  /** Java's own: slower by little, and there everywhere. */
  NIO,
  /** Linux, by Netty's native code. */
  EPOLL,
  /** Linux 5.14 or newer, where it is not forbidden, as it is in many containers. */
  IO_URING;

  /** Whether this machine and kernel have it. */
  public boolean isAvailable() {
    return switch (this) {
      case AUTO, NIO -> true;
      case EPOLL -> Epoll.isAvailable();
      case IO_URING -> IoUring.isAvailable();
    };
  }

  private Transport resolved() {
    return this != AUTO ? this : EPOLL.isAvailable() ? EPOLL : NIO;
  }

  IoHandlerFactory handlers() {
    return switch (resolved()) {
      case AUTO, NIO -> NioIoHandler.newFactory();
      case EPOLL -> EpollIoHandler.newFactory();
      case IO_URING -> IoUringIoHandler.newFactory();
    };
  }

  ServerChannel listener() {
    return switch (resolved()) {
      case AUTO, NIO -> new NioServerSocketChannel();
      case EPOLL -> new EpollServerSocketChannel();
      case IO_URING -> new IoUringServerSocketChannel();
    };
  }
}
