package io.mlserve.runtime;

import ai.onnxruntime.MapInfo;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.ValueSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What ONNX Runtime says of a model's inputs and outputs, in our words. */
final class Specs {
  private Specs() {}

  /** {@code UNIMPLEMENTED} for what no protocol could bring: only tensors are taken. */
  static List<TensorSpec> inputs(Map<String, NodeInfo> nodes) {
    List<TensorSpec> specs = new ArrayList<>();
    for (NodeInfo node : nodes.values()) {
      if (!(node.getInfo() instanceof TensorInfo info)) {
        throw new MlserveException(
            ErrorCode.UNIMPLEMENTED,
            "input '" + node.getName() + "' is a sequence or map (expected: a tensor)");
      }
      specs.add(tensor(node.getName(), info));
    }
    return specs;
  }

  static List<ValueSpec> outputs(Map<String, NodeInfo> nodes) {
    List<ValueSpec> specs = new ArrayList<>();
    for (NodeInfo node : nodes.values()) {
      String name = node.getName();
      if (node.getInfo() instanceof TensorInfo info) {
        specs.add(tensor(name, info));
      } else if (node.getInfo() instanceof SequenceInfo info) {
        specs.add(
            new ValueSpec.Structure(
                name,
                info.sequenceOfMaps
                    ? "seq(" + form(info.mapInfo) + ")"
                    : "seq(tensor(" + form(info.sequenceType) + "))"));
      } else if (node.getInfo() instanceof MapInfo info) {
        specs.add(new ValueSpec.Structure(name, form(info)));
      } else {
        throw new MlserveException(
            ErrorCode.UNIMPLEMENTED, "output '" + name + "' is neither tensor, sequence nor map");
      }
    }
    return specs;
  }

  private static TensorSpec tensor(String name, TensorInfo info) {
    ElementType type =
        ElementTypes.of(info.onnxType)
            .orElseThrow(
                () ->
                    new MlserveException(
                        ErrorCode.UNIMPLEMENTED,
                        "'" + name + "' has elements of type " + info.onnxType));
    return new TensorSpec(name, type, Shape.of(info.getShape()));
  }

  private static String form(MapInfo info) {
    return "map(" + form(info.keyType) + "," + form(info.valueType) + ")";
  }

  private static String form(OnnxJavaType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
