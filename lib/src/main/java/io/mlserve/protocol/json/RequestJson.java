package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.model.ElementType;
import io.mlserve.serving.TensorMemory;
import io.netty.buffer.ByteBuf;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a request: a parser of it, and a shortcut past the parser for arrays of numbers.
 *
 * <p>The parser gets its bytes in pieces that end behind each opening bracket, so that it has read
 * nothing of an array when it reports its start. Then {@link #readNumbers} may read the array
 * instead, and the parser goes on at the closing bracket, as if the array had been empty. If there
 * is anything in the array but good numbers, the parser reads it from its start: whatever there is
 * to be refused, it is the parser that finds it. That happens once in a request; then the shortcut
 * is closed.
 *
 * <p>For one request, on one thread.
 */
public final class RequestJson implements Closeable {
  private final JsonFactory factory;
  private final InputStream stream;
  private @Nullable JsonParser parser; // once somebody asked for it
  private @Nullable ByteBuf bytes; // null once there is no shortcut
  private @Nullable NumberScanner scanner; // once there was an array
  private int next; // index of the byte that the parser gets next
  private int skipped; // bytes that it did not get

  /**
   * @param bytes which stay the caller's, and must not change
   */
  public RequestJson(JsonFactory factory, ByteBuf bytes) {
    this.factory = factory;
    this.bytes = bytes;
    this.next = bytes.readerIndex();
    this.stream = new Pieces(bytes);
  }

  /** Without a shortcut. */
  public RequestJson(JsonFactory factory, InputStream bytes) {
    this.factory = factory;
    this.stream = bytes;
  }

  /** The parser, which is closed with this. */
  public JsonParser parser() throws IOException {
    if (parser == null) {
      parser = factory.createParser(stream);
    }
    return parser;
  }

  /**
   * Reads a request that is an object of one array of numbers, called {@code key}. If this returns
   * false nothing has happened, and the parser has to read the request.
   */
  public boolean readOnly(String key, ElementType type, TensorMemory.Slab memory, Nesting nesting) {
    ByteBuf source = bytes;
    if (source == null || parser != null || !NumberArrays.isOffered(type)) {
      return false;
    }
    NumberScanner numbers = at(source);
    if (!numbers.skip('{')
        || !numbers.skip('"')
        || !numbers.word(key)
        || !numbers.skip('"')
        || !numbers.skip(':')
        || !numbers.skip('[')
        || !startsNumbers(numbers.peek())) {
      return false;
    }
    NumberArrays arrays = new NumberArrays(numbers, type, memory, nesting, Long.MAX_VALUE);
    if (!arrays.read(0)) {
      bytes = null;
      return false;
    }
    numbers.next();
    if (!numbers.skip('}')) {
      arrays.undo();
      return false;
    }
    skipped = numbers.position() - next;
    next = numbers.position();
    return true;
  }

  /** Where {@code location} lies in the request: bytes from its start. */
  public long offset(JsonLocation location) {
    return location.getByteOffset() + skipped;
  }

  /**
   * Reads the array that starts at the parser, which stands at its end then. If this returns false
   * nothing has happened, and the parser has to read it.
   *
   * @param depth of the array in the tensor, the outermost being 0
   * @param most so many elements are taken
   */
  public boolean readNumbers(
      ElementType type, TensorMemory.Slab memory, Nesting nesting, int depth, long most)
      throws IOException {
    ByteBuf source = bytes;
    JsonParser json = parser();
    if (source == null
        || json.currentToken() != JsonToken.START_ARRAY
        || !NumberArrays.isOffered(type)
        || source.readerIndex() + offset(json.currentLocation()) != next) {
      return false;
    }
    NumberScanner numbers = at(source);
    if (!startsNumbers(numbers.peek())) {
      return false;
    }
    if (!new NumberArrays(numbers, type, memory, nesting, most).read(depth)) {
      bytes = null;
      return false;
    }
    skipped += numbers.position() - next;
    next = numbers.position();
    json.nextToken();
    return true;
  }

  private NumberScanner at(ByteBuf source) {
    if (scanner == null) {
      scanner = new NumberScanner(source);
    }
    scanner.seek(next);
    return scanner;
  }

  private static boolean startsNumbers(int first) {
    return switch (first) {
      case '[', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'N', 'I', 't', 'f' -> true;
      default -> false;
    };
  }

  @Override
  public void close() throws IOException {
    if (scanner != null) {
      scanner.close();
    }
    if (parser != null) {
      parser.close();
    } else {
      stream.close();
    }
  }

  /** What the parser gets. */
  private final class Pieces extends InputStream {
    private final ByteBuf source;

    Pieces(ByteBuf source) {
      this.source = source;
    }

    @Override
    public int read() {
      return next == source.writerIndex() ? -1 : source.getByte(next++) & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int left = source.writerIndex() - next;
      if (left == 0) {
        return -1;
      }
      int size = Math.min(left, length);
      int bracket = bytes == null ? -1 : source.indexOf(next, next + size, (byte) '[');
      if (bracket >= 0) {
        size = bracket + 1 - next;
      }
      source.getBytes(next, into, offset, size);
      next += size;
      return size;
    }
  }
}
