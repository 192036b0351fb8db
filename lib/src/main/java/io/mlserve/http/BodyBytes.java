package io.mlserve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, put together from the pieces in which it comes. The usual one piece is
 * not copied; several are copied into one buffer that grows, so that a body in tiny pieces costs no
 * more than one in large ones.
 */
final class BodyBytes {
  private @Nullable ByteBuf bytes;
  private boolean ours; // a buffer that we made, and may write to

  int size() {
    return bytes == null ? 0 : bytes.readableBytes();
  }

  /** Takes {@code piece} over. */
  void add(ByteBuf piece, ByteBufAllocator memory) {
    ByteBuf before = bytes;
    if (before == null || !before.isReadable()) {
      drop();
      bytes = piece;
      return;
    }
    if (!piece.isReadable()) {
      piece.release();
      return;
    }
    if (!ours) {
      ByteBuf larger = memory.ioBuffer(2 * (before.readableBytes() + piece.readableBytes()));
      larger.writeBytes(before);
      before.release();
      bytes = larger;
      before = larger;
      ours = true;
    }
    before.writeBytes(piece);
    piece.release();
  }

  /** The whole body, which the caller releases; nothing is left here. */
  ByteBuf take() {
    ByteBuf whole = bytes == null ? Unpooled.EMPTY_BUFFER : bytes;
    bytes = null;
    ours = false;
    return whole;
  }

  /** Gives back what there is. */
  void drop() {
    take().release();
  }
}
