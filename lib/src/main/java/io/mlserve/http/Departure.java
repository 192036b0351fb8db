package io.mlserve.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/** How bytes, and connections, leave. */
final class Departure {
  private static final long LINGER_SECONDS = 2;

  private Departure() {}

  /**
   * Ends a connection after its last answer. Closing a socket whose client still sends would reset
   * it, and take the answer away from the client: so only our direction is closed, and what still
   * comes is read and dropped until the client closes too, for a short time.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // whatever fails, the socket is closed in the end
  static void after(ChannelHandlerContext ctx, boolean sent) {
    if (!sent || !(ctx.channel() instanceof DuplexChannel channel)) {
      ctx.close();
      return;
    }
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound().addListener(told -> channel.shutdownOutput());
    } else {
      channel.shutdownOutput();
    }
    channel.config().setAutoRead(true);
    ctx.executor().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
  }

  /** Bytes that were written and that the kernel has not taken yet. */
  static long unsentBytes(Channel channel) {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending == null ? 0 : pending.totalPendingWriteBytes() - pending.currentProgress();
  }
}
