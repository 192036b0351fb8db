package io.mlserve.serving;

import io.mlserve.batch.BatchSizing;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.Value;
import io.mlserve.model.ValueSpec;
import io.mlserve.runtime.BoundRun;
import io.mlserve.serving.InferencePool.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that are read one after another into the same memory, run as one, and answered each with
 * its own rows. What cannot share a run is run by itself at once. Kept by its version and used
 * again, so that tensors are made once for each number of rows.
 *
 * <p>Owned by the thread that borrowed it.
 */
final class Batch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Batch.class);

  private final VersionLanes home;
  private final Servable servable;
  private final Ledger ledger;
  private final TensorMemory memory;
  private final List<Member> members = new ArrayList<>();
  private int rows;
  private boolean atWork;

  private final Map<Integer, BoundRun> bound = new LinkedHashMap<>(); // by rows
  private int boundMoves; // of the memory, when they were bound
  private final BoundOutputs boundOutputs = new BoundOutputs();

  /** A request that waits for the run. */
  private record Member(
      Call call, Lease<Servable> lease, InferRequest request, int rows, long begun, long decoded) {}

  Batch(VersionLanes home, Ledger ledger) {
    this.home = home;
    this.servable = home.servable();
    this.ledger = ledger;
    this.memory = new TensorMemory(servable.signature());
  }

  /** Where it is given back. */
  VersionLanes home() {
    return home;
  }

  /** Whether one of its methods is being run, and may have led to whoever asks. */
  boolean isAtWork() {
    return atWork;
  }

  /** Rows that wait for {@link #run}. */
  int rows() {
    return rows;
  }

  /**
   * Reads {@code call} and takes it in. If it cannot share a run it is answered before this
   * returns; if there is no room for it, those before it are.
   *
   * @param most rows of a run
   * @return false if a run of its own would take too long for {@code patience} nanoseconds: then it
   *     is as if it had not been here
   */
  boolean add(Call call, Lease<Servable> lease, int most, long patience) {
    atWork = true;
    try {
      return take(call, lease, most, patience);
    } finally {
      atWork = false;
    }
  }

  private boolean take(Call call, Lease<Servable> lease, int most, long patience) {
    long begun = System.nanoTime();
    InferRequest request = read(call, lease, begun);
    if (request == null) {
      return true;
    }
    long asked = rows(request);
    if (asked > most && nanos(asked) > patience) {
      memory.rollback();
      return false;
    }
    boolean joins = sharesRuns(request, asked, most);
    if (joins && rows > 0 && (rows + asked > most || !fits(request))) {
      memory.rollback();
      runAll();
      request = read(call, lease, begun);
      if (request == null) {
        return true;
      }
    }
    Member member = new Member(call, lease, request, (int) asked, begun, System.nanoTime());
    if (!joins) {
      alone(member);
      return true;
    }
    members.add(member);
    rows += member.rows();
    if (rows >= most) {
      runAll();
    }
    return true;
  }

  /** What {@code asked} rows will take, in as many runs as they need. */
  private double nanos(long asked) {
    BatchSizing sizing = servable.sizing();
    int most = servable.batches() ? sizing.options().maxRows() : Integer.MAX_VALUE;
    long whole = asked / most;
    return whole * sizing.nanos(most) + sizing.nanos((int) (asked % most));
  }

  /** The request behind those before it in memory; null if it was no good, and is answered. */
  private @Nullable InferRequest read(Call call, Lease<Servable> lease, long begun) {
    memory.begin();
    try {
      if (!ledger.isOver(call, begun)) {
        return call.decode(servable, memory);
      }
      ledger.expired(call, servable);
    } catch (MlserveException e) {
      ledger.failed(call, servable, e);
    } catch (OutOfMemoryError e) { // of direct memory: the heap is not touched by tensors
      ledger.failed(call, servable, noMemory(e));
    } catch (RuntimeException | IOException e) {
      ledger.failed(call, servable, unexpected(e));
    }
    memory.rollback();
    ledger.left(call, lease);
    return null;
  }

  // Every input has the same number of rows, and not more than a run may have.
  private boolean sharesRuns(InferRequest request, long asked, int most) {
    if (!servable.batches() || asked < 1 || asked > most) {
      return false;
    }
    List<TensorSpec> inputs = servable.signature().inputs();
    for (int i = 0; i < inputs.size(); i++) {
      boolean sameRows = shape(request.inputs(), inputs.get(i)).dim(0) == asked;
      if (!sameRows || !memory.holds(i, (int) asked * rowBytes(request.inputs(), inputs.get(i)))) {
        return false;
      }
    }
    return true;
  }

  private long rows(InferRequest request) {
    List<TensorSpec> inputs = servable.signature().inputs();
    if (inputs.isEmpty()) {
      return 1;
    }
    Shape first = shape(request.inputs(), inputs.get(0));
    return first.rank() == 0 ? 1 : first.dim(0);
  }

  // Its rows have the shape of those that are there; with open dimensions they need not.
  private boolean fits(InferRequest request) {
    if (servable.rowsAreFixed()) {
      return true;
    }
    Map<String, Tensor> first = members.get(0).request().inputs();
    for (Map.Entry<String, Tensor> input : request.inputs().entrySet()) {
      Tensor other = first.get(input.getKey());
      if (other == null || !sameRow(other.shape(), input.getValue().shape())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameRow(Shape one, Shape other) {
    boolean same = one.rank() == other.rank();
    for (int axis = 1; same && axis < one.rank(); axis++) {
      same = one.dim(axis) == other.dim(axis);
    }
    return same;
  }

  /** Runs what waits, and answers it. Nothing waits afterwards. */
  void run() {
    atWork = true;
    try {
      runAll();
    } finally {
      atWork = false;
    }
  }

  private void runAll() {
    if (members.isEmpty()) {
      return;
    }
    try {
      long started = System.nanoTime();
      Map<String, Value> outputs = shared();
      if (outputs == null) {
        members.forEach(this::alone);
        return;
      }
      long inferred = System.nanoTime();
      long input = 0;
      for (Member member : members) {
        input += member.decoded() - member.begun();
      }
      servable.ran(rows, servable.sizing().filled(rows), input, inferred - started);
      int first = 0;
      for (Member member : members) {
        answer(member, part(outputs, first, member), started, inferred);
        first += member.rows();
      }
      servable.statistics().wrote(rows, System.nanoTime() - inferred);
    } finally {
      members.clear();
      rows = 0;
      memory.reset();
    }
  }

  /** What all of them make together; null if that does not work, and each must run by itself. */
  private @Nullable Map<String, Value> shared() {
    try {
      BoundRun run = bound(servable.sizing().filled(rows));
      return run == null ? null : run.run();
    } catch (MlserveException e) {
      return null; // one of them may be at fault: the others must not suffer for it
    } catch (OutOfMemoryError e) {
      log.warn("{} version {}: no memory for {} rows", servable.name(), servable.version(), rows);
      return null;
    }
  }

  private @Nullable BoundRun bound(int filled) {
    Map<String, Tensor> first = members.get(0).request().inputs();
    List<TensorSpec> inputs = servable.signature().inputs();
    for (int i = 0; filled > rows && i < inputs.size(); i++) {
      memory.pad(i, rowBytes(first, inputs.get(i)), filled - rows);
    }
    if (boundMoves != memory.moves() || !servable.rowsAreFixed()) {
      unbind();
      boundMoves = memory.moves();
    }
    BoundRun known = bound.get(filled);
    if (known != null) {
      return known;
    }
    Map<String, Tensor> whole = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      TensorSpec spec = inputs.get(i);
      Shape shape = shape(first, spec).withDim(0, filled);
      ByteBuffer data = memory.front(i, filled * rowBytes(first, spec));
      whole.put(spec.name(), new Tensor.Numbers(spec.type(), shape, data));
    }
    Optional<BoundRun> made = bind(whole);
    made.ifPresent(run -> bound.put(filled, run));
    return made.orElse(null);
  }

  private Optional<BoundRun> bind(Map<String, Tensor> inputs) {
    boundOutputs.begin();
    Optional<BoundRun> made = servable.bind(inputs, boundOutputs);
    if (boundOutputs.hasMoved()) { // those that were bound before write where nobody reads
      unbind();
    }
    return made;
  }

  private static Shape shape(Map<String, Tensor> request, TensorSpec spec) {
    Tensor tensor = request.get(spec.name());
    if (tensor == null) {
      throw new IllegalStateException("a request without input '" + spec.name() + "' was read");
    }
    return tensor.shape();
  }

  private static int rowBytes(Map<String, Tensor> request, TensorSpec spec) {
    Shape shape = shape(request, spec);
    return Math.toIntExact(shape.elements() / shape.dim(0) * spec.type().bytes());
  }

  /** The rows of {@code member}, those from {@code first} on, as a view of the whole. */
  private Map<String, Value> part(Map<String, Value> whole, int first, Member member) {
    Set<String> wanted = member.request().outputs();
    if (member.rows() == servable.sizing().filled(rows) && wanted.isEmpty()) {
      return whole;
    }
    List<ValueSpec> outputs = servable.signature().outputs();
    if (outputs.size() == 1) { // as a rule
      String only = outputs.get(0).name();
      return Map.of(only, rows(whole.get(only), first, member.rows()));
    }
    Map<String, Value> part = new LinkedHashMap<>();
    for (Map.Entry<String, Value> output : whole.entrySet()) {
      if (wanted.isEmpty() || wanted.contains(output.getKey())) {
        part.put(output.getKey(), rows(output.getValue(), first, member.rows()));
      }
    }
    return part;
  }

  // Only models whose outputs are all numbers have batches.
  private static Tensor rows(@Nullable Value output, int first, int count) {
    if (!(output instanceof Tensor.Numbers whole)) {
      throw new IllegalStateException("an output of a batch is missing");
    }
    return Rows.of(whole, first, count);
  }

  /** Runs one request by itself, over what it wrote, and answers it. */
  private void alone(Member member) {
    try {
      long started = System.nanoTime();
      Map<String, Value> outputs = outputs(member);
      long inferred = System.nanoTime();
      answer(member, outputs, started, inferred);
      servable.statistics().wrote(member.rows(), System.nanoTime() - inferred);
    } catch (MlserveException e) {
      failed(member, e);
    } catch (OutOfMemoryError e) {
      failed(member, noMemory(e));
    } catch (RuntimeException e) {
      failed(member, unexpected(e));
    } finally {
      memory.rollback();
    }
  }

  private Map<String, Value> outputs(Member member) {
    long input = member.decoded() - member.begun();
    int most = servable.sizing().options().maxRows();
    if (servable.batches()
        && member.rows() > most
        && SlicedRun.suits(member.request(), member.rows())) {
      return new SlicedRun(servable, member.request(), member.rows(), memory).run(most, input);
    }
    long started = System.nanoTime();
    Map<String, Value> outputs = servable.infer(member.request(), memory);
    servable.ran(member.rows(), member.rows(), input, System.nanoTime() - started);
    return outputs;
  }

  private void answer(Member member, Map<String, Value> outputs, long started, long inferred) {
    try {
      boolean inTime = member.call().answer(servable, member.request(), outputs);
      ledger.answered(
          member.call(),
          servable,
          inTime,
          new ServableStatistics.Times(
              member.call().startNanos(),
              member.begun(),
              member.decoded(),
              started,
              inferred,
              System.nanoTime()));
      ledger.left(member.call(), member.lease());
    } catch (MlserveException e) {
      failed(member, e);
    } catch (OutOfMemoryError e) {
      failed(member, noMemory(e));
    } catch (RuntimeException | IOException e) {
      failed(member, unexpected(e));
    }
  }

  private void failed(Member member, MlserveException why) {
    ledger.failed(member.call(), servable, why);
    ledger.left(member.call(), member.lease());
  }

  private static MlserveException noMemory(OutOfMemoryError e) {
    return new MlserveException(ErrorCode.RESOURCE_EXHAUSTED, "no memory for this request", e);
  }

  private MlserveException unexpected(Exception e) {
    log.error("{} version {}: unexpected failure", servable.name(), servable.version(), e);
    return new MlserveException(ErrorCode.INTERNAL, "internal error", e);
  }

  private void unbind() {
    bound.values().forEach(BoundRun::close);
    bound.clear();
  }

  /** Frees what is native. */
  @Override
  public void close() {
    unbind();
  }
}
