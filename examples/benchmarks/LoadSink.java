import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Takes requests and answers each at once with the same bytes, so that what is measured against it
 * is the load generator: HTTP/1.1 with a JSON object in the form of TensorFlow Serving, gRPC with what
 * the Open Inference Protocol says of a model, on one port of this machine. It reads of a request only
 * where it ends. For Linux.
 *
 * <pre>java -cp 'DISTRIBUTION/lib/*' LoadSink.java PORT-FILE</pre>
 */
public final class LoadSink {
  private static final byte[] PREDICTION = response("{\"predictions\": [2.5]}");
  private static final byte[] STATUS =
      response(
          "{\"model_version_status\": [{\"version\": \"1\", \"state\": \"AVAILABLE\"}],"
              + " \"name\": \"m\", \"versions\": [\"1\"]}");

  private LoadSink() {}

  public static void main(String[] args) throws Exception {
    MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Channel listening =
        new ServerBootstrap()
            .group(loops)
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Chooser());
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    Path part = Path.of(args[0] + ".part");
    Files.writeString(part, ((InetSocketAddress) listening.localAddress()).getPort() + "\n");
    Files.move(part, Path.of(args[0]));
    listening.closeFuture().sync();
  }

  private static byte[] response(String body) {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length();
    return (head + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** HTTP/2 begins with a line that no request of HTTP/1.1 begins with. */
  private static final class Chooser extends ByteToMessageDecoder {
    private static final int PREFACE = 24;

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (!in.isReadable()) {
        return;
      }
      boolean http2 = in.getByte(in.readerIndex()) == 'P' && in.isReadable(2)
          && in.getByte(in.readerIndex() + 1) == 'R';
      if (http2 && in.readableBytes() < PREFACE) {
        return;
      }
      if (http2) {
        in.skipBytes(PREFACE);
        context.pipeline().addLast(new Grpc());
      } else {
        context.pipeline().addLast(new Http());
      }
      context.pipeline().remove(this);
    }
  }

  /** One answer for each head and its body. */
  private static final class Http extends ByteToMessageDecoder {
    private static final String LENGTH = "content-length:";

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      while (true) {
        int end = headEnd(in);
        if (end < 0) {
          break;
        }
        int start = in.readerIndex();
        boolean isPost = in.getByte(start) == 'P';
        int length = isPost ? length(in.toString(start, end - start, StandardCharsets.US_ASCII)) : 0;
        if (in.writerIndex() < end + length) {
          break;
        }
        in.readerIndex(end + length);
        context.write(Unpooled.wrappedBuffer(isPost ? PREDICTION : STATUS), context.voidPromise());
      }
      context.flush();
    }

    private static int headEnd(ByteBuf in) {
      int at = in.readerIndex();
      while (true) {
        int line = in.indexOf(at, in.writerIndex(), (byte) '\n');
        if (line < 0) {
          return -1;
        }
        if (line - at <= 1) {
          return line + 1;
        }
        at = line + 1;
      }
    }

    private static int length(String head) {
      int at = head.toLowerCase(Locale.ROOT).indexOf(LENGTH);
      return at < 0
          ? 0
          : Integer.parseInt(head.substring(at + LENGTH.length(), head.indexOf('\r', at)).strip());
    }
  }

  /** Frames are skipped; the one that ends a stream is answered. No header is kept: none refers. */
  private static final class Grpc extends ByteToMessageDecoder {
    private static final int HEAD = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int END = 1; // of the stream; of settings and pings: the answer to one
    private static final byte[] FIRST = headers(true);
    private static final byte[] LAST = headers(false);
    private static final int WINDOW = 1 << 20;

    // ModelMetadataResponse: name m, version 1, one input named x of the type FP32 and the shape [1]
    private static final byte[] METADATA =
        HexFormat.of().parseHex("0a016d" + "120131" + "220c" + "0a0178" + "120446503332" + "1a0101");

    private int received;

    private static byte[] headers(boolean first) {
      ByteBuf block = Unpooled.buffer();
      if (first) {
        block.writeByte(0x88); // :status 200
        literal(block, "content-type", "application/grpc");
      } else {
        literal(block, "grpc-status", "0");
      }
      return ByteBufUtil.getBytes(block);
    }

    private static void literal(ByteBuf block, String name, String value) {
      block.writeByte(0x00); // a new name, not to be remembered
      block.writeByte(name.length()).writeCharSequence(name, StandardCharsets.US_ASCII);
      block.writeByte(value.length()).writeCharSequence(value, StandardCharsets.US_ASCII);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      ByteBuf settings = context.alloc().buffer();
      frame(settings, 6, SETTINGS, 0, 0);
      settings.writeShort(4).writeInt(WINDOW); // of a stream
      context.writeAndFlush(settings, context.voidPromise());
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      ByteBuf answer = context.alloc().buffer(1024);
      while (in.readableBytes() >= HEAD) {
        int at = in.readerIndex();
        int length = in.getUnsignedMedium(at);
        if (in.readableBytes() < HEAD + length) {
          break;
        }
        int type = in.getByte(at + 3);
        int flags = in.getByte(at + 4);
        int stream = in.getInt(at + 5) & Integer.MAX_VALUE;
        take(answer, in.slice(at + HEAD, length), type, flags, stream);
        in.skipBytes(HEAD + length);
      }
      if (answer.isReadable()) {
        context.writeAndFlush(answer, context.voidPromise());
      } else {
        answer.release();
      }
    }

    private void take(ByteBuf answer, ByteBuf payload, int type, int flags, int stream) {
      int length = payload.readableBytes();
      if (type == SETTINGS && (flags & END) == 0) {
        frame(answer, 0, SETTINGS, END, 0);
      } else if (type == PING && (flags & END) == 0) {
        frame(answer, length, PING, END, 0);
        answer.writeBytes(payload);
      } else if ((type == DATA || type == HEADERS) && (flags & END) != 0) {
        frame(answer, FIRST.length, HEADERS, 4, stream);
        answer.writeBytes(FIRST);
        frame(answer, 5 + METADATA.length, DATA, 0, stream);
        answer.writeByte(0).writeInt(METADATA.length).writeBytes(METADATA); // not compressed
        frame(answer, LAST.length, HEADERS, 4 | END, stream);
        answer.writeBytes(LAST);
      }
      if (type == DATA) {
        received += length;
        if (received > 1 << 14) {
          frame(answer, 4, WINDOW_UPDATE, 0, 0);
          answer.writeInt(received);
          received = 0;
        }
      }
    }

    private static void frame(ByteBuf to, int length, int type, int flags, int stream) {
      to.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }
  }
}
