package io.mlserve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** That the watch over buffers would notice one. */
class NettyLeaksTest {
  @Test
  void bufferThatIsNotGivenBackIsReported() {
    NettyLeaks leaks = new NettyLeaks();
    leaks.begin();
    lose();
    assertThat(leaks.end()).isNotEmpty();
  }

  private static void lose() {
    for (int i = 0; i < 100; i++) {
      PooledByteBufAllocator.DEFAULT.directBuffer(16).writeByte(i);
    }
  }
}
