package io.mlserve.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 responses out of bytes as they come. Of a head it keeps only what a load generator
 * needs: a general decoder takes several times as long, and that time is taken from the load.
 *
 * <p>Lives on the event loop of its connection. After {@link Malformed} it is of no more use.
 */
final class ResponseReader {
  private static final int LONGEST_HEAD = 64 << 10;
  private static final int LARGEST_BODY = 256 << 20;
  private static final int UNKNOWN = -1;
  private static final String JSON_LENGTH = "inference-header-content-length";

  /** The bytes are no HTTP response. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  private final ByteBufAllocator memory;
  private @Nullable ByteBuf pending; // what came and is not used up yet
  private @Nullable ByteBuf joined; // the body so far, where it comes in chunks

  private boolean inBody;
  private int status;
  private long length; // of the body or, with chunks, what is left of the present one
  private boolean chunked;
  private boolean keepAlive;
  private int jsonLength;
  private int bodyStart;

  ResponseReader(ByteBufAllocator memory) {
    this.memory = memory;
  }

  /** Takes the bytes over. */
  void add(ByteBuf bytes) {
    ByteBuf before = pending;
    if (before == null) {
      pending = bytes;
      return;
    }
    if (before.isReadOnly()
        || before.refCnt() > 1
        || before.writableBytes() < bytes.readableBytes()) {
      ByteBuf larger =
          memory.buffer(
              Math.max(before.readableBytes() + bytes.readableBytes(), before.readableBytes() * 2));
      larger.writeBytes(before);
      before.release();
      before = larger;
    }
    before.writeBytes(bytes);
    bytes.release();
    pending = before;
  }

  /**
   * Whether a whole response is there, except for interim ones, which are passed over. The caller
   * then looks at it and calls {@link #next}.
   *
   * @param ended whether no more bytes will come
   */
  boolean isComplete(boolean ended) throws Malformed {
    ByteBuf bytes = pending;
    while (bytes != null) {
      if (!inBody && !readHead(bytes)) {
        return false;
      }
      if (status >= 100 && status < 200) {
        inBody = false;
        continue;
      }
      if (chunked) {
        return readChunks(bytes);
      }
      if (length == UNKNOWN) {
        checkSize(bytes.readableBytes());
        return ended;
      }
      return bytes.readableBytes() >= length;
    }
    return false;
  }

  int status() {
    return status;
  }

  /** Valid until {@link #next}. */
  ByteBuf body() {
    if (joined != null) {
      return joined;
    }
    ByteBuf bytes = pending;
    if (bytes == null) {
      throw new IllegalStateException("no response is complete");
    }
    int size = length == UNKNOWN ? bytes.readableBytes() : (int) length;
    return bytes.slice(bytes.readerIndex(), size);
  }

  /** How long the JSON is before the bytes; -1 if the head does not say. */
  int jsonLength() {
    return jsonLength;
  }

  boolean isKeepAlive() {
    return keepAlive && (chunked || length != UNKNOWN);
  }

  /** Whether there are bytes after the complete response, which nobody asked for. */
  boolean isFollowed() {
    ByteBuf bytes = pending;
    return bytes != null
        && (chunked ? bytes.isReadable() : length != UNKNOWN && bytes.readableBytes() > length);
  }

  /** Passes the complete response over, and whatever follows it. */
  void next() {
    inBody = false;
    release();
  }

  /** Gives the memory back. */
  void release() {
    if (pending != null) {
      pending.release();
      pending = null;
    }
    if (joined != null) {
      joined.release();
      joined = null;
    }
  }

  private boolean readHead(ByteBuf bytes) throws Malformed {
    int line = bytes.readerIndex();
    boolean first = true;
    while (true) {
      int end = bytes.forEachByte(line, bytes.writerIndex() - line, ByteProcessor.FIND_LF);
      if (end < 0) {
        if (bytes.readableBytes() > LONGEST_HEAD) {
          throw new Malformed("a head of more than " + LONGEST_HEAD + " bytes");
        }
        if (first && bytes.readableBytes() > 5) {
          statusLine(bytes, line, bytes.writerIndex());
        }
        return false;
      }
      int stop = end > line && bytes.getByte(end - 1) == '\r' ? end - 1 : end;
      if (first) {
        statusLine(bytes, line, stop);
        length = UNKNOWN;
        chunked = false;
        jsonLength = UNKNOWN;
        first = false;
      } else if (stop == line) {
        bytes.readerIndex(end + 1);
        beginBody();
        return true;
      } else {
        header(bytes, line, stop);
      }
      line = end + 1;
    }
  }

  private void statusLine(ByteBuf bytes, int from, int to) throws Malformed {
    boolean http =
        to - from >= 5
            && bytes.getByte(from) == 'H'
            && bytes.getByte(from + 1) == 'T'
            && bytes.getByte(from + 2) == 'T'
            && bytes.getByte(from + 3) == 'P'
            && bytes.getByte(from + 4) == '/';
    if (!http) {
      int shown = Math.min(to - from, 40);
      throw new Malformed(
          "not HTTP: " + bytes.toString(from, shown, StandardCharsets.ISO_8859_1).strip());
    }
    if (to - from < 12) {
      return; // more of it will come
    }
    status = 0;
    for (int i = from + 9; i < from + 12; i++) {
      int digit = bytes.getByte(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new Malformed("no status in the first line");
      }
      status = status * 10 + digit;
    }
    keepAlive = bytes.getByte(from + 7) != '0';
  }

  // Only names that begin with one of the four letters are looked at more closely.
  private void header(ByteBuf bytes, int from, int to) throws Malformed {
    int first = bytes.getByte(from) | 0x20;
    if (first != 'c' && first != 't' && first != 'i') {
      return;
    }
    String text = bytes.toString(from, to - from, StandardCharsets.ISO_8859_1);
    int colon = text.indexOf(':');
    if (colon < 0) {
      return;
    }
    String value = text.substring(colon + 1).strip();
    switch (text.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "content-length" -> length = number(value);
      case JSON_LENGTH -> jsonLength = (int) Math.min(Integer.MAX_VALUE, number(value));
      case "transfer-encoding" -> chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
      case "connection" -> {
        String word = value.toLowerCase(Locale.ROOT);
        keepAlive = word.contains("keep-alive") || (keepAlive && !word.contains("close"));
      }
      default -> {
        // of no interest
      }
    }
  }

  private static long number(String text) throws Malformed {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        checkSize(number);
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through
    }
    throw new Malformed("a length of '" + text + "'");
  }

  private static void checkSize(long size) throws Malformed {
    if (size > LARGEST_BODY) {
      throw new Malformed("a body of more than " + LARGEST_BODY + " bytes");
    }
  }

  private void beginBody() {
    inBody = true;
    if (status == 204 || status == 304) {
      length = 0;
      chunked = false;
    }
    if (chunked) {
      joined = memory.buffer();
      length = 0;
      bodyStart = 0; // before the first chunk
    }
  }

  // Chunks are taken out of the bytes as they come; bodyStart is 0 before the first, 1 before the
  // line end that follows each, 2 in the lines after the last.
  private boolean readChunks(ByteBuf bytes) throws Malformed {
    ByteBuf body = joined;
    if (body == null) {
      throw new IllegalStateException("no body was begun");
    }
    while (true) {
      if (length > 0) {
        int part = (int) Math.min(length, bytes.readableBytes());
        checkSize((long) body.readableBytes() + part);
        body.writeBytes(bytes, part);
        length -= part;
        if (length > 0) {
          return false;
        }
        bodyStart = 1;
      }
      int end = bytes.forEachByte(ByteProcessor.FIND_LF);
      if (end < 0) {
        return false;
      }
      String line =
          bytes
              .readCharSequence(end - bytes.readerIndex(), StandardCharsets.ISO_8859_1)
              .toString()
              .strip();
      bytes.skipBytes(1);
      if (bodyStart == 2) {
        if (line.isEmpty()) {
          return true;
        }
      } else if (bodyStart == 1) {
        bodyStart = 0;
      } else {
        length = chunkSize(line);
        if (length == 0) {
          bodyStart = 2;
        }
      }
    }
  }

  private static long chunkSize(String line) throws Malformed {
    int end = line.indexOf(';');
    try {
      long size = Long.parseLong((end < 0 ? line : line.substring(0, end)).strip(), 16);
      if (size >= 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // falls through
    }
    throw new Malformed("a chunk of the size '" + line + "'");
  }
}
