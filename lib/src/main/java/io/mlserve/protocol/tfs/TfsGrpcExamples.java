package io.mlserve.protocol.tfs;

import com.google.protobuf.ByteString;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.wire.tensorflow.Example;
import io.mlserve.wire.tensorflow.Feature;
import io.mlserve.wire.tfs.Class;
import io.mlserve.wire.tfs.ClassificationResult;
import io.mlserve.wire.tfs.Input;
import io.mlserve.wire.tfs.Regression;
import io.mlserve.wire.tfs.RegressionResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Examples, and what is said of them, as messages. */
final class TfsGrpcExamples {
  private TfsGrpcExamples() {}

  /** Every example with the features of the context that it does not have itself. */
  static List<Map<String, ExampleFeature>> read(Input input) {
    return switch (input.getKindCase()) {
      case EXAMPLE_LIST -> read(input.getExampleList().getExamplesList(), Map.of());
      case EXAMPLE_LIST_WITH_CONTEXT ->
          read(
              input.getExampleListWithContext().getExamplesList(),
              features(input.getExampleListWithContext().getContext(), "context"));
      case KIND_NOT_SET -> List.of();
    };
  }

  private static List<Map<String, ExampleFeature>> read(
      List<Example> examples, Map<String, ExampleFeature> context) {
    List<Map<String, ExampleFeature>> all = new ArrayList<>();
    for (Example example : examples) {
      Map<String, ExampleFeature> features = new HashMap<>(context);
      features.putAll(features(example, "example " + all.size()));
      all.add(features);
    }
    return all;
  }

  private static Map<String, ExampleFeature> features(Example example, String where) {
    Map<String, ExampleFeature> features = new HashMap<>();
    example
        .getFeatures()
        .getFeatureMap()
        .forEach(
            (name, feature) -> {
              String here = where + ": feature '" + name + "'";
              if (feature.getKindCase() != Feature.KindCase.KIND_NOT_SET) { // else: not there
                features.put(name, feature(feature, here));
              }
            });
    return features;
  }

  private static ExampleFeature feature(Feature feature, String where) {
    return switch (feature.getKindCase()) {
      case INT64_LIST ->
          new ExampleFeature.Integers(
              feature.getInt64List().getValueList().stream().mapToLong(Long::longValue).toArray());
      case FLOAT_LIST -> {
        float[] values = new float[feature.getFloatList().getValueCount()];
        for (int i = 0; i < values.length; i++) {
          values[i] = feature.getFloatList().getValue(i);
        }
        yield new ExampleFeature.Reals(values);
      }
      case BYTES_LIST, KIND_NOT_SET ->
          new ExampleFeature.Texts(
              feature.getBytesList().getValueList().stream()
                  .map(bytes -> text(bytes, where))
                  .toArray(String[]::new));
    };
  }

  private static String text(ByteString bytes, String where) {
    if (!bytes.isValidUtf8()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          where + " is no UTF-8 text, which strings of ONNX models are");
    }
    return bytes.toStringUtf8();
  }

  static ClassificationResult classes(List<List<Classifications.Scored>> rows) {
    ClassificationResult.Builder result = ClassificationResult.newBuilder();
    for (List<Classifications.Scored> row : rows) {
      io.mlserve.wire.tfs.Classifications.Builder classes =
          io.mlserve.wire.tfs.Classifications.newBuilder();
      for (Classifications.Scored scored : row) {
        classes.addClasses(Class.newBuilder().setLabel(scored.label()).setScore(scored.score()));
      }
      result.addClassifications(classes);
    }
    return result.build();
  }

  static RegressionResult values(float[] rows) {
    RegressionResult.Builder result = RegressionResult.newBuilder();
    for (float row : rows) {
      result.addRegressions(Regression.newBuilder().setValue(row));
    }
    return result.build();
  }
}
