package io.mlserve.conformance;

import io.mlserve.model.ElementType;
import java.util.Map;

/** The names of element types in the Open Inference Protocol, apart from the server's own table. */
final class Datatypes {
  private static final Map<ElementType, String> NAMES =
      Map.ofEntries(
          Map.entry(ElementType.FLOAT, "FP32"),
          Map.entry(ElementType.DOUBLE, "FP64"),
          Map.entry(ElementType.FLOAT16, "FP16"),
          Map.entry(ElementType.BFLOAT16, "BF16"),
          Map.entry(ElementType.INT8, "INT8"),
          Map.entry(ElementType.INT16, "INT16"),
          Map.entry(ElementType.INT32, "INT32"),
          Map.entry(ElementType.INT64, "INT64"),
          Map.entry(ElementType.UINT8, "UINT8"),
          Map.entry(ElementType.UINT16, "UINT16"),
          Map.entry(ElementType.UINT32, "UINT32"),
          Map.entry(ElementType.UINT64, "UINT64"),
          Map.entry(ElementType.BOOL, "BOOL"),
          Map.entry(ElementType.STRING, "BYTES"));

  private Datatypes() {}

  static String of(ElementType type) {
    String name = NAMES.get(type);
    if (name == null) {
      throw new IllegalArgumentException("no datatype for " + type);
    }
    return name;
  }

  static ElementType type(String datatype) {
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().equals(datatype))
        .findFirst()
        .orElseThrow()
        .getKey();
  }
}
