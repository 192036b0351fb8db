package io.mlserve.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlserve.conformance.OperatorTests.Case;
import io.mlserve.model.ModelName;
import io.mlserve.server.ModelServer;
import io.mlserve.store.ModelFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every operator test of ONNX that ONNX Runtime can run gives, through every protocol and encoding,
 * bit by bit what it gives in this process.
 */
class ConformanceTest {
  private static OperatorTests.@Nullable Cases cases;
  private static @Nullable ModelServer server;
  private static final Map<String, String> TABLE = new TreeMap<>();

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.isDirectory(OperatorTests.FOLDER),
        "ONNX's operator tests are not there: " + OperatorTests.FOLDER);
    OperatorTests.Cases read = OperatorTests.read();
    cases = read;
    Map<ModelName, ModelFolder> folders = new LinkedHashMap<>();
    for (Case one : read.runnable()) {
      folders.put(new ModelName(one.name()), new ModelFolder(one.model(), "none"));
    }
    server = ConformanceServer.open(folders);
    Awaitility.await().atMost(120, TimeUnit.SECONDS).until(server.models()::isReady);
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
    if (cases != null) {
      List<String> lines = new ArrayList<>();
      lines.add("in this process: " + cases.runnable().size() + " run");
      cases.leftOut().forEach((name, why) -> lines.add("  left out: " + name + ": " + why));
      TABLE.forEach((protocol, line) -> lines.add(protocol + ": " + line));
      Files.createDirectories(Path.of("target"));
      Files.write(Path.of("target/conformance.txt"), lines);
    }
  }

  @Test
  void mostOperatorTestsRun() {
    OperatorTests.Cases read = Objects.requireNonNull(cases);
    assertThat(read.runnable().size() + read.leftOut().size()).isEqualTo(192);
    assertThat(read.runnable()).hasSizeGreaterThan(180);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void everyOperatorTestGivesTheSameThrough(Protocol protocol) throws Exception {
    List<String> failures = new ArrayList<>();
    Map<String, Integer> leftOut = new TreeMap<>();
    int passed = 0;
    try (Door door = protocol.open(Objects.requireNonNull(server))) {
      for (Case one : Objects.requireNonNull(cases).runnable()) {
        String limit = door.limit(one.inputs(), one.expected());
        if (!limit.isEmpty()) {
          leftOut.merge(limit, 1, Integer::sum);
          continue;
        }
        String difference = Protocol.difference(door, one);
        if (difference.isEmpty()) {
          passed++;
        } else {
          failures.add(one.name() + ": " + difference);
        }
      }
    }
    TABLE.put(
        protocol.name(),
        passed
            + " passed, "
            + failures.size()
            + " failed"
            + (leftOut.isEmpty() ? "" : ", left out: " + leftOut));
    assertThat(failures).isEmpty();
    assertThat(passed).isGreaterThan(150);
  }
}
