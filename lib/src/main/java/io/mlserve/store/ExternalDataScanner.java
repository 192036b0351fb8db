package io.mlserve.store;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds in an ONNX file each tensor whose numbers lie in another file, wherever a tensor can be:
 * initializers, attributes, subgraphs, functions, sparse tensors, training graphs.
 */
final class ExternalDataScanner {
  private static final int MOST_DEPTH = 200;
  private static final int MOST_ENTRIES = 64;
  private static final int LONGEST_TEXT = 8192;

  /** The messages of onnx.proto on the way to a tensor. */
  private enum Message {
    MODEL,
    TRAINING,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    SPARSE_TENSOR,
    TENSOR;

    /** By field number. */
    private Map<Integer, Message> children() {
      return switch (this) {
        case MODEL -> Map.of(7, GRAPH, 20, TRAINING, 25, FUNCTION);
        case TRAINING -> Map.of(1, GRAPH, 2, GRAPH);
        case FUNCTION -> Map.of(7, NODE, 11, ATTRIBUTE);
        case GRAPH -> Map.of(1, NODE, 5, TENSOR, 15, SPARSE_TENSOR);
        case NODE -> Map.of(5, ATTRIBUTE);
        case ATTRIBUTE ->
            Map.of(
                5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH, 22, SPARSE_TENSOR, 23, SPARSE_TENSOR);
        case SPARSE_TENSOR -> Map.of(1, TENSOR, 2, TENSOR);
        case TENSOR -> Map.of();
      };
    }
  }

  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;

  private final ProtoReader in;
  private final Consumer<Map<String, String>> external;
  private boolean subgraphs;

  private ExternalDataScanner(ProtoReader in, Consumer<Map<String, String>> external) {
    this.in = in;
    this.external = external;
  }

  /**
   * Whether {@code file} has graphs inside nodes, which are there to be run some times or not at
   * all. Fails as {@link #scan} does.
   */
  static boolean hasSubgraphs(Path file) throws IOException {
    try (ProtoReader in = ProtoReader.open(file)) {
      ExternalDataScanner scanner = new ExternalDataScanner(in, place -> {});
      scanner.read(Message.MODEL, in.size(), 0);
      return scanner.subgraphs;
    }
  }

  /**
   * Reads {@code file} to its end and passes on, per tensor with external data, what the file says
   * of the place: {@code location}, {@code offset}, {@code length}. {@code IOException} if no
   * reader of protocol buffers could read it; {@code DATA_LOSS} for what one could but an honest
   * model does not hold.
   */
  static void scan(Path file, Consumer<Map<String, String>> external) throws IOException {
    try (ProtoReader in = ProtoReader.open(file)) {
      new ExternalDataScanner(in, external).read(Message.MODEL, in.size(), 0);
    }
  }

  private void read(Message message, long end, int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw refused("messages nested more than " + MOST_DEPTH + " deep");
    }
    Map<Integer, Message> children = message.children();
    Map<String, String> place = new LinkedHashMap<>();
    while (in.position() < end) {
      Tag tag = tag();
      Message child = children.get(tag.field());
      if (tag.type() == ProtoReader.GROUP_START) {
        skipGroup(tag.field(), end, depth + 1);
      } else if (tag.type() != ProtoReader.BYTES) {
        in.skipValue(tag.type(), end);
      } else if (child != null) {
        subgraphs |= message == Message.ATTRIBUTE && child == Message.GRAPH;
        read(child, contentEnd(end), depth + 1);
      } else if (message == Message.TENSOR && tag.field() == TENSOR_EXTERNAL_DATA) {
        readEntry(contentEnd(end), place);
      } else {
        in.skipValue(tag.type(), end);
      }
    }
    if (in.position() != end) {
      throw new IOException("a message does not end where it should");
    }
    if (!place.isEmpty()) {
      external.accept(place);
    }
  }

  private void readEntry(long end, Map<String, String> place) throws IOException {
    String key = "";
    String value = "";
    while (in.position() < end) {
      Tag tag = tag();
      if (tag.type() == ProtoReader.BYTES && tag.field() == ENTRY_KEY) {
        key = text(end);
      } else if (tag.type() == ProtoReader.BYTES && tag.field() == ENTRY_VALUE) {
        value = text(end);
      } else {
        in.skipValue(tag.type(), end);
      }
    }
    // A key given twice: whichever of them a runtime would take, this one refuses.
    if (place.put(key, value) != null || place.size() > MOST_ENTRIES) {
      throw refused("a tensor that says more than once where its data is");
    }
  }

  private String text(long end) throws IOException {
    long length = in.varint();
    if (length < 0 || length > end - in.position()) {
      throw new IOException("a text of " + length + " bytes leaves its message");
    }
    if (length > LONGEST_TEXT) {
      throw refused("a data location of " + length + " bytes");
    }
    return in.text((int) length);
  }

  private long contentEnd(long end) throws IOException {
    long length = in.varint();
    if (length < 0 || length > end - in.position()) {
      throw new IOException("a field of " + length + " bytes leaves its message");
    }
    return in.position() + length;
  }

  private void skipGroup(int field, long end, int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw refused("groups nested more than " + MOST_DEPTH + " deep");
    }
    Tag tag = tag();
    while (tag.type() != ProtoReader.GROUP_END) {
      if (tag.type() == ProtoReader.GROUP_START) {
        skipGroup(tag.field(), end, depth + 1);
      } else {
        in.skipValue(tag.type(), end);
      }
      tag = tag();
    }
    if (tag.field() != field) {
      throw new IOException("group " + field + " ends as group " + tag.field());
    }
  }

  private static MlserveException refused(String what) {
    return new MlserveException(ErrorCode.DATA_LOSS, "an ONNX file holds " + what);
  }

  private record Tag(int field, int type) {}

  private Tag tag() throws IOException {
    long tag = in.varint();
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw new IOException("field number " + (tag >>> 3));
    }
    return new Tag((int) (tag >>> 3), (int) (tag & 7));
  }
}
