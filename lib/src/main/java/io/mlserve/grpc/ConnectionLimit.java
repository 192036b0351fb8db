package io.mlserve.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before the listener's own handler and closes connections beyond a number as they come. */
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
  private final int limit;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionLimit(int limit) {
    this.limit = limit;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    if (open.incrementAndGet() > limit) {
      open.decrementAndGet();
      connection.unsafe().closeForcibly(); // it has no event loop yet
      return;
    }
    connection.closeFuture().addListener(closed -> open.decrementAndGet());
    context.fireChannelRead(connection);
  }
}
