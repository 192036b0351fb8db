package io.mlserve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BodyBytesTest {
  private final PooledByteBufAllocator memory = PooledByteBufAllocator.DEFAULT;
  private final BodyBytes body = new BodyBytes();

  private static ByteBuf piece(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private String taken() {
    ByteBuf whole = body.take();
    String text = whole.toString(StandardCharsets.US_ASCII);
    whole.release();
    return text;
  }

  @Test
  void onePieceIsNotCopied() {
    ByteBuf only = piece("abc");
    body.add(only, memory);
    body.add(Unpooled.EMPTY_BUFFER, memory);
    assertThat(body.take()).isSameAs(only);
    only.release();
  }

  @Test
  void piecesAreJoinedAndGivenBack() {
    ByteBuf[] pieces = {piece(""), piece("a"), piece(""), piece("bc"), piece("defghijklmnop")};
    for (ByteBuf piece : pieces) {
      body.add(piece, memory);
    }
    assertThat(body.size()).isEqualTo(16);
    assertThat(taken()).isEqualTo("abcdefghijklmnop");
    assertThat(pieces).allMatch(piece -> piece.refCnt() == 0);
    assertThat(body.size()).isZero();
    assertThat(taken()).isEmpty();
  }

  @Test
  void nextBodyIsNotWrittenOverTheOneThatWasTaken() {
    body.add(piece("a"), memory);
    body.add(piece("b"), memory);
    ByteBuf first = body.take();
    body.add(piece("c"), memory);
    body.add(piece("d"), memory);
    assertThat(taken()).isEqualTo("cd");
    assertThat(first.toString(StandardCharsets.US_ASCII)).isEqualTo("ab");
    first.release();
  }

  @Test
  void droppedBodyIsGivenBack() {
    ByteBuf piece = piece("a");
    body.add(piece, memory);
    body.drop();
    assertThat(piece.refCnt()).isZero();
  }

  @Test
  @Timeout(10)
  void twoMegabytesInPiecesOfOneByteCostNoMoreThanTheirBytes() {
    for (int i = 0; i < 2 << 20; i++) {
      body.add(memory.heapBuffer(1).writeByte('x'), memory);
    }
    ByteBuf whole = body.take();
    assertThat(whole.readableBytes()).isEqualTo(2 << 20);
    whole.release();
  }
}
