import io.mlserve.model.InferRequest;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.runtime.OutputMemory;
import io.mlserve.runtime.RuntimeOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * What ONNX Runtime does without a server: threads that run a model one row at a time, as fast as
 * they can, on zeros, with outputs in memory that is used again. Prints runs a second.
 *
 * <pre>java -cp 'DISTRIBUTION/lib/*' RawRuns.java MODEL THREADS SECONDS</pre>
 */
public final class RawRuns {
  private RawRuns() {}

  public static void main(String[] args) throws InterruptedException {
    int threads = Integer.parseInt(args[1]);
    long millis = Math.round(1000 * Double.parseDouble(args[2]));
    LongAdder runs = new LongAdder();
    AtomicBoolean end = new AtomicBoolean();
    try (OnnxModel model = OnnxModel.load(Path.of(args[0]), RuntimeOptions.defaults())) {
      List<Thread> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Thread thread = new Thread(() -> run(model, runs, end));
        thread.start();
        all.add(thread);
      }
      Thread.sleep(1500); // for the compiler
      runs.reset();
      long start = System.nanoTime();
      Thread.sleep(millis);
      System.out.printf("%.1f%n", runs.sum() * 1e9 / (System.nanoTime() - start));
      end.set(true);
      for (Thread thread : all) {
        thread.join();
      }
    }
  }

  private static void run(OnnxModel model, LongAdder runs, AtomicBoolean end) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (TensorSpec spec : model.signature().inputs()) {
      long[] dims = spec.shape().toArray();
      for (int axis = 0; axis < dims.length; axis++) {
        dims[axis] = dims[axis] == Shape.ANY ? 1 : dims[axis];
      }
      Shape shape = Shape.of(dims);
      ByteBuffer data = memory(shape.elements() * spec.type().bytes());
      inputs.put(spec.name(), new Tensor.Numbers(spec.type(), shape, data));
    }
    InferRequest request = InferRequest.of(inputs);
    Outputs outputs = new Outputs();
    while (!end.get()) {
      outputs.next = 0;
      model.run(request, outputs);
      runs.increment();
    }
  }

  private static ByteBuffer memory(long bytes) {
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
  }

  private static final class Outputs implements OutputMemory {
    private final List<ByteBuffer> kept = new ArrayList<>();
    private int next;

    @Override
    public ByteBuffer take(long bytes) {
      if (next == kept.size()) {
        kept.add(memory(bytes));
      }
      return kept.get(next++);
    }
  }
}
