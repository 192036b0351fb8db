package io.mlserve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.io.OutputStream;

/**
 * The body of a long answer, written by whoever makes it into pieces of direct memory, so that the
 * event loop that sends it copies nothing. Either {@link #reply} takes the pieces, or {@link
 * #close} frees them. Not thread-safe.
 */
public final class ReplyStream extends OutputStream {
  private static final int PIECE = 256 << 10;

  private final CompositeByteBuf pieces =
      ByteBufAllocator.DEFAULT.compositeDirectBuffer(Integer.MAX_VALUE);
  private boolean taken;
  private ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer(PIECE, PIECE);

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    int done = 0;
    while (done < length) {
      if (!piece.isWritable()) {
        pieces.addComponent(true, piece);
        piece = ByteBufAllocator.DEFAULT.directBuffer(PIECE, PIECE);
      }
      int part = Math.min(piece.writableBytes(), length - done);
      piece.writeBytes(bytes, from + done, part);
      done += part;
    }
  }

  /** The answer with what was written as its body; nothing more can be written then. */
  public HttpReply reply(int status, String contentType) {
    pieces.addComponent(true, piece);
    taken = true;
    return new HttpReply(status, contentType, pieces);
  }

  @Override
  public void close() {
    if (!taken) {
      taken = true;
      piece.release();
      pieces.release();
    }
  }
}
