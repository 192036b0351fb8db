package io.mlserve.runtime;

/**
 * How ONNX Runtime runs a model.
 *
 * @param intraOpThreads threads inside one run. One is right for a server: several requests fill
 *     the cores, and threads that wait by spinning take them from the others.
 */
public record RuntimeOptions(int intraOpThreads) {
  public RuntimeOptions {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException("intraOpThreads: " + intraOpThreads + " (expected: >= 1)");
    }
  }

  public static RuntimeOptions defaults() {
    return new RuntimeOptions(1);
  }
}
