package io.mlserve.server;

import static io.mlserve.fixtures.onnx.ElementType.FLOAT;
import static io.mlserve.fixtures.onnx.ElementType.INT64;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.batch.BatchOptions;
import io.mlserve.fixtures.net.LoopbackClient;
import io.mlserve.fixtures.net.LoopbackClient.Answer;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.fixtures.onnx.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that share runs, against a real server. */
@Timeout(120)
class BatchingTest {
  private static final int CONNECTIONS = 16;
  // How many answers the test under load compares; a million by this property.
  private static final long ANSWERS = Long.getLong("mlserve.batching.answers", 20_000);

  @TempDir private Path folder;

  /** {@code y[i] = table[id[i]]}: an index that is too large fails the whole run. */
  private static Payload lookup() {
    float[] table = new float[1000];
    for (int i = 0; i < table.length; i++) {
      table[i] = 10 * i;
    }
    return new OnnxGraph("lookup")
        .input("id", INT64, -1)
        .output("y", FLOAT, -1)
        .floats("table", List.of((long) table.length), table)
        .node("Gather", List.of("table", "id"), "y")
        .toModel(Map.of());
  }

  /** Takes some milliseconds a row: {@code y = x}, and a detour that adds nothing. */
  static Payload heavy() {
    OnnxGraph graph =
        new OnnxGraph("heavy")
            .input("x", FLOAT, -1, 1)
            .output("y", FLOAT, -1, 1)
            .floats("share", List.of(), 1f / 512)
            .longs("size", List.of(2L), 512, 512)
            .node("Expand", List.of("share", "size"), "average")
            .longs("wide", List.of(2L), 1, 512)
            .node("Expand", List.of("x", "wide"), "h0");
    int layers = 400;
    for (int i = 0; i < layers; i++) {
      graph.node("MatMul", List.of("h" + i, "average"), "h" + (i + 1));
    }
    return graph
        .floats("nothing", List.of(512L, 1L), new float[512])
        .node("MatMul", List.of("h" + layers, "nothing"), "detour")
        .node("Add", List.of("x", "detour"), "y")
        .toModel(Map.of());
  }

  private Rig rig(String name, Payload model, BatchOptions batching) {
    return new Rig(folder).put(name, 1, model).serve(name).batching(batching).startReady();
  }

  private static <T> List<T> together(int clients, Callable<T> task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        futures.add(threads.submit(task));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(100, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static long executions(Rig rig, String model) throws IOException {
    return statistic(rig, model, "execution_count");
  }

  private static long statistic(Rig rig, String model, String field) throws IOException {
    String stats = rig.get("/v2/models/" + model + "/stats").body();
    String after = stats.substring(stats.indexOf("\"" + field + "\":") + field.length() + 3);
    return Long.parseLong(after.replaceAll("^\\s*(\\d+)[\\s\\S]*", "$1"));
  }

  @Test
  void rowsNeverCrossUnderLoad() throws Exception {
    try (Rig rig = rig("lookup", lookup(), BatchOptions.defaults())) {
      AtomicLong next = new AtomicLong();
      List<Long> wrong =
          together(
              CONNECTIONS,
              () -> {
                long bad = 0;
                try (LoopbackClient client = new LoopbackClient(rig.server().port())) {
                  for (long i = next.getAndIncrement(); i < ANSWERS; i = next.getAndIncrement()) {
                    long id = i * 7919 % 1000;
                    Answer answer =
                        client.post("/v1/models/lookup:predict", "{\"instances\": [" + id + "]}");
                    boolean right =
                        answer.status() == 200
                            && answer
                                .body()
                                .replaceAll("\\s", "")
                                .equals("{\"predictions\":[" + 10.0 * id + "]}");
                    bad += right ? 0 : 1;
                  }
                }
                return bad;
              });
      assertThat(wrong).containsOnly(0L);
      long runs = executions(rig, "lookup");
      System.out.printf("%d answers in %d runs, 0 wrong%n", ANSWERS, runs);
      assertThat(runs).isLessThan(ANSWERS); // else nothing was shared, and nothing shown
      assertThat(statistic(rig, "lookup", "inference_count")).isEqualTo(ANSWERS);
    }
  }

  @Test
  void aRequestThatFailsTheRunFailsAlone() throws Exception {
    try (Rig rig = rig("lookup", lookup(), BatchOptions.defaults())) {
      AtomicLong next = new AtomicLong();
      List<Long> wrong =
          together(
              CONNECTIONS,
              () -> {
                long bad = 0;
                try (LoopbackClient client = new LoopbackClient(rig.server().port())) {
                  for (long i = next.getAndIncrement(); i < 2000; i = next.getAndIncrement()) {
                    boolean poison = i % 5 == 0;
                    long id = poison ? 5000 + i : i % 1000;
                    Answer answer =
                        client.post("/v1/models/lookup:predict", "{\"instances\": [" + id + "]}");
                    boolean right =
                        poison
                            ? answer.status() == 400
                            : answer.status() == 200
                                && answer.body().contains(String.valueOf(10.0 * id));
                    bad += right ? 0 : 1;
                  }
                }
                return bad;
              });
      assertThat(wrong).containsOnly(0L);
    }
  }

  @Test
  void requestsOfSeveralRowsGetTheirOwn() throws Exception {
    try (Rig rig = rig("lookup", lookup(), new BatchOptions(5, Duration.ZERO, List.of(), none()))) {
      AtomicLong next = new AtomicLong();
      List<Long> wrong =
          together(
              CONNECTIONS,
              () -> {
                long bad = 0;
                try (LoopbackClient client = new LoopbackClient(rig.server().port())) {
                  for (long i = next.getAndIncrement(); i < 2000; i = next.getAndIncrement()) {
                    StringBuilder ids = new StringBuilder();
                    StringBuilder expected = new StringBuilder();
                    for (long row = 0; row <= i % 7; row++) { // up to 7, more than fit
                      String comma = row == 0 ? "" : ",";
                      long id = (i + row * 31) % 1000;
                      ids.append(comma).append(id);
                      expected.append(comma).append(10.0 * id);
                    }
                    Answer answer =
                        client.post("/v1/models/lookup:predict", "{\"instances\": [" + ids + "]}");
                    String body = answer.body().replaceAll("\\s", "");
                    bad += body.equals("{\"predictions\":[" + expected + "]}") ? 0 : 1;
                  }
                }
                return bad;
              });
      assertThat(wrong).containsOnly(0L);
    }
  }

  @Test
  void aRequestThatIsRefusedHalfReadDoesNotMoveTheRowsOfOthers() throws Exception {
    try (Rig rig = rig("lookup", lookup(), BatchOptions.defaults())) {
      AtomicLong next = new AtomicLong();
      List<Long> wrong =
          together(
              CONNECTIONS,
              () -> {
                long bad = 0;
                try (LoopbackClient client = new LoopbackClient(rig.server().port())) {
                  for (long i = next.getAndIncrement(); i < 2000; i = next.getAndIncrement()) {
                    String twice = i % 3 == 0 ? "\"data\":[7,8,9]," : "";
                    Answer answer =
                        client.post(
                            "/v2/models/lookup/infer",
                            "{\"inputs\":[{\"name\":\"id\","
                                + twice
                                + "\"shape\":[1],\"datatype\":\"INT64\",\"data\":["
                                + i % 1000
                                + "]}]}");
                    boolean right =
                        twice.isEmpty()
                            ? answer.body().contains("\"data\":[" + 10.0 * (i % 1000) + "]")
                            : answer.status() == 400;
                    bad += right ? 0 : 1;
                  }
                }
                return bad;
              });
      assertThat(wrong).containsOnly(0L);
    }
  }

  @Test
  void missingRowsAreFilledUpAndDropped() throws Exception {
    BatchOptions eights = new BatchOptions(8, Duration.ZERO, List.of(8), none());
    try (Rig rig = rig("lookup", lookup(), eights)) {
      Answer answer = rig.predict("lookup", "{\"instances\": [3, 4, 5]}");
      assertThat(answer.body().replaceAll("\\s", ""))
          .isEqualTo("{\"predictions\":[30.0,40.0,50.0]}");
      assertThat(statistic(rig, "lookup", "inference_count")).isEqualTo(3);
    }
  }

  @Test
  void aRequestWithMoreRowsThanARunMayHaveRunsInParts() throws Exception {
    BatchOptions eights = new BatchOptions(8, Duration.ZERO, List.of(4, 8), none());
    try (Rig rig = rig("lookup", lookup(), eights)) {
      List<String> rows = IntStream.range(0, 27).mapToObj(Integer::toString).toList();
      List<String> answers = IntStream.range(0, 27).mapToObj(i -> i * 10 + ".0").toList();

      Answer answer = rig.predict("lookup", "{\"instances\": " + rows + "}");

      assertThat(answer.body().replaceAll("\\s", ""))
          .isEqualTo("{\"predictions\":[" + String.join(",", answers) + "]}");
      assertThat(executions(rig, "lookup")).isEqualTo(4);
      assertThat(statistic(rig, "lookup", "inference_count")).isEqualTo(27);
    }
  }

  @Test
  void whileASlowModelIsBusyRequestsGather() throws Exception {
    try (Rig rig = rig("heavy", heavy(), BatchOptions.defaults())) {
      together(CONNECTIONS, () -> heavyRequests(rig, 6));
      long answers = statistic(rig, "heavy", "inference_count");
      assertThat(answers).isEqualTo(6 * CONNECTIONS);
      assertThat(executions(rig, "heavy")).isLessThan(answers / 2);
    }
  }

  @Test
  void oneRowARunTurnsBatchingOff() throws Exception {
    BatchOptions off = new BatchOptions(1, Duration.ZERO, List.of(), none());
    try (Rig rig = rig("heavy", heavy(), off)) {
      together(4, () -> heavyRequests(rig, 3));
      assertThat(executions(rig, "heavy")).isEqualTo(12);
    }
  }

  @Test
  void aRequestMayWaitForOthers() throws Exception {
    BatchOptions patient = new BatchOptions(2, Duration.ofSeconds(20), List.of(), none());
    try (Rig rig = rig("heavy", heavy(), patient)) {
      long start = System.nanoTime();
      ExecutorService first = Executors.newSingleThreadExecutor();
      try {
        Future<Integer> waits = first.submit(() -> heavyRequests(rig, 1));
        Rig.until(() -> isTaken(rig.get("/metrics").body()));
        heavyRequests(rig, 1); // makes the batch full
        waits.get(100, TimeUnit.SECONDS);
      } finally {
        first.shutdownNow();
      }
      assertThat(executions(rig, "heavy")).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    }
  }

  private static boolean isTaken(String metrics) {
    return metrics.contains("mlserve_inflight_requests{model=\"heavy\",version=\"1\",} 1.0")
        && metrics.contains("mlserve_queue_length 0.0");
  }

  private static int heavyRequests(Rig rig, int count) throws IOException {
    try (LoopbackClient client = new LoopbackClient(rig.server().port())) {
      for (int i = 0; i < count; i++) {
        Answer answer = client.post("/v1/models/heavy:predict", "{\"instances\": [[" + i + ".5]]}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().replaceAll("\\s", ""))
            .isEqualTo("{\"predictions\":[[" + i + ".5]]}");
      }
    }
    return count;
  }

  @Test
  void whatCannotBeAnsweredInTimeIsRefusedAtOnce() throws Exception {
    BatchOptions objective =
        new BatchOptions(1, Duration.ZERO, List.of(), Optional.of(Duration.ofMillis(60)));
    try (Rig rig = rig("heavy", heavy(), objective)) {
      List<List<Answer>> all =
          together(
              48,
              () -> {
                List<Answer> answers = new ArrayList<>();
                try (LoopbackClient client = new LoopbackClient(rig.server().port())) {
                  for (int i = 0; i < 10; i++) {
                    answers.add(
                        client.post("/v1/models/heavy:predict", "{\"instances\": [[1.5]]}"));
                  }
                }
                return answers;
              });
      List<Answer> answers = all.stream().flatMap(List::stream).toList();
      assertThat(answers).extracting(Answer::status).contains(200, 429).containsOnly(200, 429);
      assertThat(answers)
          .filteredOn(answer -> answer.status() == 429)
          .allSatisfy(
              answer -> {
                assertThat(answer.headers()).containsKey("retry-after");
                assertThat(answer.body()).contains("too long to answer in time");
              });
      // Refusals cost nothing, and what was taken was answered: there is room again.
      assertThat(heavyRequests(rig, 1)).isEqualTo(1);
    }
  }

  @Test
  void aSlowModelDoesNotHoldUpAFastOne() throws Exception {
    Rig rig = new Rig(folder).put("slow", 1, Models.slow()).put("fast", 1, Models.halfPlus(2));
    rig.serve("slow").serve("fast").startReady();
    try (rig) {
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<Answer>> held = new ArrayList<>();
        for (int i = 0; i < 8; i++) { // four times as many as there are threads
          held.add(
              threads.submit(
                  () -> {
                    try (LoopbackClient client = new LoopbackClient(rig.server().port())) {
                      return client.post("/v1/models/slow:predict", "{\"inputs\": [0.5]}");
                    }
                  }));
        }
        Rig.until(
            () ->
                rig.get("/metrics")
                    .body()
                    .contains("mlserve_inflight_requests{model=\"slow\",version=\"1\",} 8.0"));
        for (int i = 0; i < 100; i++) {
          assertThat(rig.predict("fast").status()).isEqualTo(200);
          assertThat(rig.get("/v2/health/live").status()).isEqualTo(200);
        }
        assertThat(held).anySatisfy(answer -> assertThat(answer.isDone()).isFalse());
        for (Future<Answer> answer : held) {
          assertThat(answer.get(100, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static Optional<Duration> none() {
    return Optional.empty();
  }
}
