import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * FixedAnswer LOOPS PORT_FILE: answers every HTTP request with the same text, reading no body and
 * running no model. What a request costs here is what the kernel and the decoding of HTTP cost, and
 * no server that speaks it can cost less.
 */
public final class FixedAnswer {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 32\r\ncontent-type: application/json\r\n\r\n"
          + "{\"predictions\": [[1.234567890]]}";

  private FixedAnswer() {}

  public static void main(String[] args) throws Exception {
    Channel listener =
        new ServerBootstrap()
            .group(
                new MultiThreadIoEventLoopGroup(
                    Integer.parseInt(args[0]), EpollIoHandler.newFactory()))
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new HttpRequestDecoder(), new Answering());
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    Files.writeString(Path.of(args[1]), Integer.toString(port));
    listener.closeFuture().sync();
  }

  private static final class Answering extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpContent content) {
        content.release();
      }
      if (message instanceof LastHttpContent) {
        ByteBuf answer = context.alloc().ioBuffer(ANSWER.length());
        ByteBufUtil.writeAscii(answer, ANSWER);
        context.write(answer, context.voidPromise());
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
