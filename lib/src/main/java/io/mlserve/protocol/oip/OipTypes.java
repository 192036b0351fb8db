package io.mlserve.protocol.oip;

import io.mlserve.model.ElementType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Element types by the names that the Open Inference Protocol, and Triton's files, give them. */
final class OipTypes {
  private static final Map<String, ElementType> BY_DATATYPE = byDatatype();

  private OipTypes() {}

  /** As in metadata and tensors: {@code FP32}. Empty for those that the protocol cannot carry. */
  static Optional<String> datatype(ElementType type) {
    return switch (type) {
      case FLOAT -> Optional.of("FP32");
      case DOUBLE -> Optional.of("FP64");
      case FLOAT16 -> Optional.of("FP16");
      case BFLOAT16 -> Optional.of("BF16");
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
          Optional.of(type.name());
      case STRING -> Optional.of("BYTES");
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> Optional.empty();
    };
  }

  /** The type that {@code datatype} names, or empty if it names none. */
  static Optional<ElementType> ofDatatype(String datatype) {
    return Optional.ofNullable(BY_DATATYPE.get(datatype));
  }

  /** As in Triton's model configuration: {@code TYPE_FP32}. Empty where there is no datatype. */
  static Optional<String> configType(ElementType type) {
    return datatype(type).map(name -> "TYPE_" + (name.equals("BYTES") ? "STRING" : name));
  }

  private static Map<String, ElementType> byDatatype() {
    Map<String, ElementType> types = new HashMap<>();
    for (ElementType type : ElementType.values()) {
      datatype(type).ifPresent(name -> types.put(name, type));
    }
    return Map.copyOf(types);
  }
}
