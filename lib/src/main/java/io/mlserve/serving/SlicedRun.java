package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import io.mlserve.runtime.OutputMemory;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request with more rows than a run may have, as several runs whose rows are put together again:
 * so the memory of a run is bounded, and only sizes run that are allowed. For versions whose rows
 * do not depend on each other.
 */
final class SlicedRun {
  private final Servable servable;
  private final InferRequest request;
  private final int rows;
  private final OutputMemory memory;
  private final BoundOutputs scratch = new BoundOutputs(); // of the slice that runs
  private final Map<String, Tensor.Numbers> answer = new LinkedHashMap<>();
  private long nanos;

  /**
   * @param rows of each of the inputs of {@code request}
   * @param memory where the whole answer goes
   */
  SlicedRun(Servable servable, InferRequest request, int rows, OutputMemory memory) {
    this.servable = servable;
    this.request = request;
    this.rows = rows;
    this.memory = memory;
  }

  /** Whether every input has {@code rows} rows, and all of them. */
  static boolean suits(InferRequest request, int rows) {
    for (Tensor input : request.inputs().values()) {
      boolean whole =
          input instanceof Tensor.Numbers numbers
              && numbers.shape().rank() > 0
              && numbers.shape().dim(0) == rows
              && numbers.data().limit() == numbers.shape().elements() * numbers.type().bytes();
      if (!whole) {
        return false;
      }
    }
    return true;
  }

  /**
   * Runs all of it, at most {@code most} rows at a time, and counts each run.
   *
   * @param inputNanos that reading the request took
   */
  Map<String, Value> run(int most, long inputNanos) {
    for (int first = 0; first < rows; first += most) {
      int count = Math.min(most, rows - first);
      Map<String, Value> outputs = slice(first, count);
      servable.ran(count, servable.sizing().filled(count), first == 0 ? inputNanos : 0, nanos);
      for (Map.Entry<String, Value> output : outputs.entrySet()) {
        append(output.getKey(), output.getValue(), first, count);
      }
    }
    return new LinkedHashMap<>(answer);
  }

  private Map<String, Value> slice(int first, int count) {
    int filled = servable.sizing().filled(count);
    scratch.begin();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> input : request.inputs().entrySet()) {
      Tensor.Numbers whole = numbers(input.getKey(), input.getValue());
      inputs.put(
          input.getKey(),
          filled == count
              ? Rows.of(whole, first, count)
              : Rows.filled(
                  whole, first, count, filled, scratch.take((long) filled * Rows.bytes(whole))));
    }
    long started = System.nanoTime();
    Map<String, Value> outputs =
        servable.infer(new InferRequest(inputs, request.outputs()), scratch);
    nanos = System.nanoTime() - started;
    return outputs;
  }

  private void append(String name, Value output, int first, int count) {
    Tensor.Numbers part = numbers(name, output);
    int row = Rows.bytes(part);
    Tensor.Numbers whole =
        answer.computeIfAbsent(
            name,
            any ->
                new Tensor.Numbers(
                    part.type(), part.shape().withDim(0, rows), memory.take((long) rows * row)));
    if (part.shape().dim(0) < count || row != Rows.bytes(whole)) {
      throw new MlserveException(
          ErrorCode.INTERNAL, "output '" + name + "' has another shape in each run");
    }
    ByteBuffer data = whole.data();
    data.put(first * row, part.data(), 0, count * row);
  }

  private static Tensor.Numbers numbers(String name, Value value) {
    if (!(value instanceof Tensor.Numbers numbers)) {
      throw new IllegalStateException("'" + name + "' has no rows of numbers");
    }
    return numbers;
  }
}
