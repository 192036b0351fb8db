package io.mlserve.conformance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Tensors as JSON, the client's side, written plainly and apart from the server's. */
final class JsonText {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private JsonText() {}

  static JsonParser parser(String text) throws IOException {
    return JSON.createParser(text);
  }

  static String quote(String text) {
    return "\""
        + new String(
            com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance().quoteAsString(text))
        + "\"";
  }

  /** All elements one after another. */
  static String flat(Tensor tensor) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < tensor.shape().elements(); i++) {
      all.add(element(tensor, i));
    }
    return "[" + String.join(",", all) + "]";
  }

  /** Nested as the shape says. */
  static String nested(Tensor tensor) {
    StringBuilder text = new StringBuilder();
    nested(tensor, 0, new int[1], text);
    return text.toString();
  }

  private static void nested(Tensor tensor, int axis, int[] at, StringBuilder text) {
    if (axis == tensor.shape().rank()) {
      text.append(element(tensor, at[0]++));
      return;
    }
    text.append('[');
    for (long i = 0; i < tensor.shape().dim(axis); i++) {
      text.append(i == 0 ? "" : ",");
      nested(tensor, axis + 1, at, text);
    }
    text.append(']');
  }

  private static String element(Tensor tensor, int i) {
    if (tensor instanceof Tensor.Strings strings) {
      return quote(strings.values()[i]);
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return switch (tensor.type()) {
      case FLOAT -> Float.toString(data.getFloat(i * 4));
      case DOUBLE -> Double.toString(data.getDouble(i * 8));
      case FLOAT16 -> Float.toString(HalfFloats.fromFloat16(data.getShort(i * 2)));
      case BFLOAT16 -> Float.toString(HalfFloats.fromBfloat16(data.getShort(i * 2)));
      case INT8 -> Integer.toString(data.get(i));
      case UINT8 -> Integer.toString(data.get(i) & 0xff);
      case INT16 -> Integer.toString(data.getShort(i * 2));
      case UINT16 -> Integer.toString(data.getShort(i * 2) & 0xffff);
      case INT32 -> Integer.toString(data.getInt(i * 4));
      case UINT32 -> Long.toString(data.getInt(i * 4) & 0xffff_ffffL);
      case INT64 -> Long.toString(data.getLong(i * 8));
      case UINT64 -> Long.toUnsignedString(data.getLong(i * 8));
      case BOOL -> data.get(i) != 0 ? "true" : "false";
      case STRING, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new IllegalArgumentException("no number: " + tensor.type());
    };
  }

  /** The value at the parser, of whatever nesting, as a tensor of that type. */
  static Tensor read(JsonParser json, ElementType type) throws IOException {
    List<Long> dims = new ArrayList<>();
    List<String> leaves = new ArrayList<>();
    read(json, 0, dims, leaves);
    return tensor(type, Shape.of(dims.stream().mapToLong(Long::longValue).toArray()), leaves);
  }

  private static void read(JsonParser json, int depth, List<Long> dims, List<String> leaves)
      throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      leaves.add(json.getText());
      return;
    }
    if (dims.size() == depth) {
      dims.add(-1L);
    }
    long count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      read(json, depth + 1, dims, leaves);
      count++;
    }
    dims.set(depth, count);
  }

  /** Elements from their JSON text. */
  static Tensor tensor(ElementType type, Shape shape, List<String> leaves) {
    if (type == ElementType.STRING) {
      return new Tensor.Strings(shape, leaves.toArray(new String[0]));
    }
    ByteBuffer data =
        ByteBuffer.allocateDirect(leaves.size() * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (String leaf : leaves) {
      switch (type) {
        case FLOAT -> data.putFloat(Float.parseFloat(leaf));
        case DOUBLE -> data.putDouble(Double.parseDouble(leaf));
        case FLOAT16 -> data.putShort(HalfFloats.toFloat16(Float.parseFloat(leaf)));
        case BFLOAT16 -> data.putShort(HalfFloats.toBfloat16(Float.parseFloat(leaf)));
        case BOOL -> data.put((byte) (leaf.equals("true") ? 1 : 0));
        case INT8, UINT8 -> data.put(new BigInteger(leaf).byteValue());
        case INT16, UINT16 -> data.putShort(new BigInteger(leaf).shortValue());
        case INT32, UINT32 -> data.putInt(new BigInteger(leaf).intValue());
        case INT64, UINT64 -> data.putLong(new BigInteger(leaf).longValue());
        case STRING, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
            throw new IllegalArgumentException("no number: " + type);
      }
    }
    return new Tensor.Numbers(type, shape, data.flip().order(ByteOrder.LITTLE_ENDIAN));
  }
}
