package io.mlserve.protocol.tfs;

import java.util.Set;

/** The one signature of an ONNX model, and what clients call it. */
final class TfsSignature {
  static final String NAME = "serving_default";

  // Those after the first two are in TensorFlow Serving's documentation, and so in many scripts.
  private static final Set<String> KNOWN =
      Set.of(
          "",
          NAME,
          "tensorflow/serving/predict",
          "tensorflow/serving/classify",
          "tensorflow/serving/regress");

  private TfsSignature() {}

  static boolean isKnown(String name) {
    return KNOWN.contains(name);
  }
}
