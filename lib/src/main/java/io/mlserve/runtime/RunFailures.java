package io.mlserve.runtime;

import ai.onnxruntime.OrtException;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.regex.Pattern;

/** ONNX Runtime's failures in our words. */
final class RunFailures {
  // "Error code - ORT_INVALID_ARGUMENT - message: [file:line function] text"
  private static final Pattern PREFIX = Pattern.compile("^Error code - \\w+ - message: ");
  private static final Pattern SOURCE_LINE = Pattern.compile("\\S+\\.(?:cc|h|cpp):\\d+ *");
  private static final Pattern PATH = Pattern.compile("(?<![\\w/])/(?:[^\\s/:'\"]+/)+");
  private static final int LONGEST = 400;

  private RunFailures() {}

  /** A failed run: the request's fault where ONNX Runtime says so. Names no path of ours. */
  static MlserveException translate(OrtException failure) {
    ErrorCode code =
        switch (failure.getCode()) {
          case ORT_INVALID_ARGUMENT -> ErrorCode.INVALID_ARGUMENT;
          case ORT_NOT_IMPLEMENTED -> ErrorCode.UNIMPLEMENTED;
          // An operator that refuses the shapes or values it got.
          case ORT_FAIL, ORT_RUNTIME_EXCEPTION -> ErrorCode.INVALID_ARGUMENT;
          default -> ErrorCode.INTERNAL; // ONNX Runtime's enum, which may grow
        };
    return new MlserveException(code, withoutPaths(failure), failure);
  }

  /** The same as {@link #text} without the folders of any path. */
  static String withoutPaths(OrtException failure) {
    return PATH.matcher(text(failure)).replaceAll("");
  }

  /** The text of a failure without ONNX Runtime's own source positions, on one line. */
  static String text(OrtException failure) {
    String text = String.valueOf(failure.getMessage());
    text = PREFIX.matcher(text).replaceFirst("");
    text = SOURCE_LINE.matcher(text).replaceAll("");
    text = text.replaceAll("\\s+", " ").strip();
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }
}
