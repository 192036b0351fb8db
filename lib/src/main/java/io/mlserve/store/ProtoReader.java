package io.mlserve.store;

import static java.nio.file.StandardOpenOption.READ;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads the wire format of Protocol Buffers from a file of any size through one small buffer;
 * skipping a field moves the position and reads nothing. Broken bytes are an {@code IOException}.
 */
final class ProtoReader implements AutoCloseable {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int GROUP_START = 3;
  static final int GROUP_END = 4;
  static final int FIXED32 = 5;

  private static final int BUFFER = 1 << 14;
  private static final int VARINT_BITS = 64;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
  private long bufferEnd; // position in the file of the byte after the buffer's last

  private ProtoReader(FileChannel channel) {
    this.channel = channel;
  }

  static ProtoReader open(Path file) throws IOException {
    return new ProtoReader(FileChannel.open(file, READ));
  }

  long size() throws IOException {
    return channel.size();
  }

  long position() {
    return bufferEnd - buffer.remaining();
  }

  /** Moves on by {@code length} bytes, which must end at or before {@code end}. */
  void skip(long length, long end) throws IOException {
    if (length < 0 || length > end - position()) {
      throw new IOException("a field of " + length + " bytes leaves its message");
    }
    if (length <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) length);
    } else {
      bufferEnd = position() + length;
      buffer.limit(0);
    }
  }

  /** Skips the value of a field of type {@code wireType}, other than a group. */
  void skipValue(int wireType, long end) throws IOException {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> skip(Long.BYTES, end);
      case BYTES -> skip(varint(), end);
      case FIXED32 -> skip(Integer.BYTES, end);
      default -> throw new IOException("wire type " + wireType);
    }
  }

  long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < VARINT_BITS; shift += 7) {
      int b = read();
      value |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw new IOException("a number of more than ten bytes");
  }

  /** The next {@code length} bytes as text. */
  String text(int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) read();
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private int read() throws IOException {
    if (!buffer.hasRemaining()) {
      buffer.clear();
      int n = channel.read(buffer, bufferEnd);
      buffer.flip();
      if (n <= 0) {
        buffer.limit(0);
        throw new EOFException("it ends in the middle");
      }
      bufferEnd += n;
    }
    return buffer.get() & 0xff;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
