package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads arrays as NumPy saves them: {@code .npy}, and {@code .npz} with several by name. */
final class NumpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([<>|=])([a-zA-Z])(\\d+)'");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([^)]*)\\)");

  private final String name;

  /**
   * @param name of the file, for messages
   */
  NumpyFile(String name) {
    this.name = name;
  }

  /** The arrays of an archive, in its order. */
  Map<String, Tensor> archive(byte[] bytes) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String array = entry.getName();
        if (array.endsWith(".npy")) {
          arrays.put(array.substring(0, array.length() - 4), array(zip.readAllBytes()));
        }
      }
    } catch (IOException e) {
      throw wrong("it is no zip archive: " + e.getMessage());
    }
    if (arrays.isEmpty()) {
      throw wrong("no arrays in it");
    }
    return arrays;
  }

  /** One array. */
  Tensor array(byte[] bytes) {
    if (bytes.length < 12 || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
      throw wrong("it does not begin as an array does");
    }
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    data.position(8);
    long length = bytes[6] == 1 ? data.getShort() & 0xffff : data.getInt();
    if (length < 0 || length > data.remaining()) {
      throw wrong("its head is cut off");
    }
    byte[] head = new byte[(int) length];
    data.get(head);
    return array(new String(head, StandardCharsets.ISO_8859_1), data);
  }

  private Tensor array(String head, ByteBuffer data) {
    Matcher type = TYPE.matcher(head);
    Matcher shape = SHAPE.matcher(head);
    if (!type.find() || !shape.find()) {
      throw wrong("its head says no type and shape");
    }
    if (head.contains("'fortran_order': True")) {
      throw wrong("an array in the order of Fortran");
    }
    long[] dims =
        Arrays.stream(shape.group(1).split(","))
            .map(String::strip)
            .filter(size -> !size.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    int size = Integer.parseInt(type.group(3));
    boolean swapped = type.group(1).equals(">") && size > 1;
    char kind = type.group(2).charAt(0);
    if (kind == 'S' || kind == 'U') {
      return strings(Shape.of(dims), data, kind == 'U' ? size * 4 : size, kind == 'U', swapped);
    }
    ElementType elements = type(kind, size);
    ByteBuffer ordered = swapped ? swap(data, size) : data;
    return TensorBytes.decode(name, elements, Shape.of(dims), ordered);
  }

  private ElementType type(char kind, int size) {
    return switch ("" + kind + size) {
      case "f2" -> ElementType.FLOAT16;
      case "f4" -> ElementType.FLOAT;
      case "f8" -> ElementType.DOUBLE;
      case "i1" -> ElementType.INT8;
      case "i2" -> ElementType.INT16;
      case "i4" -> ElementType.INT32;
      case "i8" -> ElementType.INT64;
      case "u1" -> ElementType.UINT8;
      case "u2" -> ElementType.UINT16;
      case "u4" -> ElementType.UINT32;
      case "u8" -> ElementType.UINT64;
      case "b1" -> ElementType.BOOL;
      default -> throw wrong("elements of the type '" + kind + size + "'");
    };
  }

  private Tensor strings(Shape shape, ByteBuffer data, int width, boolean wide, boolean swapped) {
    String[] values = new String[(int) TensorBytes.elements(name, shape)];
    if (data.remaining() != (long) values.length * width) {
      throw wrong("its texts are cut off");
    }
    for (int i = 0; i < values.length; i++) {
      byte[] text = new byte[width];
      data.get(text);
      String whole =
          wide
              ? new String(
                  text, java.nio.charset.Charset.forName(swapped ? "UTF-32BE" : "UTF-32LE"))
              : new String(text, StandardCharsets.UTF_8);
      int end = whole.indexOf(0);
      values[i] = end < 0 ? whole : whole.substring(0, end);
    }
    return new Tensor.Strings(shape, values);
  }

  private static ByteBuffer swap(ByteBuffer data, int size) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    for (int i = 0; i + size <= bytes.length; i += size) {
      for (int a = i, b = i + size - 1; a < b; a++, b--) {
        byte kept = bytes[a];
        bytes[a] = bytes[b];
        bytes[b] = kept;
      }
    }
    return ByteBuffer.wrap(bytes);
  }

  private MlserveException wrong(String what) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, name + ": " + what + " (expected: NumPy's .npy or .npz)");
  }
}
