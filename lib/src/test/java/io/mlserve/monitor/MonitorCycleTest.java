package io.mlserve.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.fixtures.archive.TarBuilder;
import io.mlserve.fixtures.net.Behaviour;
import io.mlserve.monitor.MonitorEvent.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MonitorCycleTest {
  private static final Map<String, String> ONE = Map.of("m/model.onnx", "one", "m/extra.bin", "x");
  private static final Map<String, String> TWO = Map.of("m/model.onnx", "two", "m/.hidden", "h");

  @TempDir Path folder;
  private MonitorRig rig;

  @BeforeEach
  void start() {
    rig = new MonitorRig(folder);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private void assertFails(ErrorCode code, String message) {
    assertThat(rig.pass())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.failure().message()).contains(message);
              assertThat(failed.failure().code()).isEqualTo(code);
            });
  }

  @Test
  void everyStepHappensInTheOrderThatPaddleLogsIt() {
    rig.publish(ONE, "1");

    assertThat(rig.pass()).isInstanceOf(Outcome.Installed.class);

    assertThat(rig.kinds())
        .containsExactly(
            Kind.DONEFILE_CHECK,
            Kind.DONEFILE_CHANGED,
            Kind.PULL_START,
            Kind.PULL_DONE,
            Kind.UNPACK_START,
            Kind.UNPACK_DONE,
            Kind.CHECK_START,
            Kind.CHECK_DONE,
            Kind.INSTALL_DONE,
            Kind.TOUCH_DONE);
    assertThat(rig.served()).isEqualTo(Map.of("model.onnx", "one", "extra.bin", "x"));
    assertThat(rig.temporary()).isEmpty();
  }

  @Test
  void unchangedDonefileIsNotPulledAgainEvenByAnotherProcess() {
    rig.server.always(MonitorRig.DONEFILE, Behaviour.normal().withoutLastModified());
    rig.publish(ONE, "1");
    for (int i = 0; i < 10; i++) {
      rig.pass();
    }
    rig.restart();

    assertThat(rig.pass()).isInstanceOf(Outcome.UpToDate.class);
    assertThat(rig.pulls()).isEqualTo(1);
  }

  @Test
  void stateIsNotBelievedWhenTheModelIsGone() throws IOException {
    rig.publish(ONE, "1");
    rig.pass();
    rig.restart();
    Files.delete(rig.live);
    Files.createDirectory(rig.live);

    assertThat(rig.pass()).isInstanceOf(Outcome.Installed.class);
    assertThat(rig.served()).containsKey("model.onnx");
  }

  @Test
  void brokenStateFileIsSaidAndReplaced() throws IOException {
    rig.publish(ONE, "1");
    rig.pass();
    rig.restart();
    Path state = folder.resolve(".versions/m/.state.json");
    Files.writeString(state, "{\"format\": 1, ");

    assertThat(rig.pass()).isInstanceOf(Outcome.UpToDate.class); // pulled, and found the same
    assertThat(rig.kinds()).contains(Kind.REPAIRED, Kind.INSTALL_SAME);
    assertThat(Files.readString(state)).contains("\"version\" : \"1-");
  }

  @Test
  void secondPublicationInTheSameSecondIsSeen() {
    rig.publish(ONE, "1");
    rig.pass();
    rig.publish(TWO, "2");
    rig.pass();

    assertThat(rig.served()).isEqualTo(Map.of("model.onnx", "two", ".hidden", "h"));
  }

  @Test
  void olderDonefileIsARollback() {
    rig.publish(ONE, "1");
    rig.pass();
    rig.publish(TWO, "2");
    rig.pass();
    rig.publish(ONE, "1");
    rig.pass();

    assertThat(rig.served()).containsEntry("model.onnx", "one");
  }

  @Test
  void truncatedArchiveChangesNothingAndTheWholeOneIsTakenWithoutAnotherDonefile() {
    rig.publish(ONE, "1");
    rig.pass();
    String stamp = rig.timestamp();
    byte[] whole = TarBuilder.tarGz(TWO);
    rig.server.put(MonitorRig.ARCHIVE, Arrays.copyOf(whole, whole.length / 2));
    rig.done("2");

    assertFails(ErrorCode.DATA_LOSS, "");
    assertThat(rig.served()).containsEntry("model.onnx", "one");
    assertThat(rig.timestamp()).isEqualTo(stamp);
    assertThat(rig.kinds()).contains(Kind.UPDATE_FAILED);

    rig.server.put(MonitorRig.ARCHIVE, whole);
    passWhenDue();
    assertThat(rig.served()).containsEntry("model.onnx", "two");
  }

  private Outcome passWhenDue() {
    Outcome outcome = rig.pass();
    while (outcome instanceof Outcome.Waiting) {
      outcome = rig.pass();
    }
    return outcome;
  }

  @Test
  void badModelIsJudgedOncePerDigest() {
    AtomicInteger judged = new AtomicInteger();
    rig.check(
        model -> {
          judged.incrementAndGet();
          throw new MlserveException(ErrorCode.DATA_LOSS, "does not load");
        });
    rig.publish(ONE, "1");
    rig.pass();
    passWhenDue();
    rig.done("again, the same bytes");
    passWhenDue();
    rig.restart();
    passWhenDue();

    assertThat(judged).hasValue(1);
  }

  @Test
  void badModelIsJudgedAgainByAnotherCheck() {
    rig.check(
        model -> {
          throw new MlserveException(ErrorCode.DATA_LOSS, "does not load");
        });
    rig.publish(ONE, "1");
    rig.pass();
    rig.restart();
    rig.check(ModelCheck.none());

    assertThat(rig.pass()).isInstanceOf(Outcome.Installed.class);
  }

  @Test
  void failedDonefileWaitsForItsBackoffAndDoesNotHideTheNextOne() {
    rig.backoff(Duration.ofHours(1));
    rig.server.put(MonitorRig.ARCHIVE, "junk".getBytes(StandardCharsets.UTF_8));
    rig.done("1");
    rig.pass();
    assertThat(rig.pass()).isInstanceOf(Outcome.Waiting.class);

    rig.publish(TWO, "2");
    assertThat(rig.pass()).isInstanceOf(Outcome.Installed.class);
  }

  @Test
  void absentAndUnreachableAreNotTheSame() {
    assertThat(rig.pass()).isInstanceOf(Outcome.Absent.class);
    rig.server.always(MonitorRig.DONEFILE, Behaviour.normal().status(503));
    assertThat(rig.pass()).isInstanceOf(Outcome.Unreadable.class);
    rig.server.always(MonitorRig.DONEFILE, Behaviour.normal());
    rig.publish(ONE, "1");
    assertThat(rig.pass()).isInstanceOf(Outcome.Installed.class);

    assertThat(rig.kinds())
        .containsSubsequence(Kind.DONEFILE_ABSENT, Kind.SOURCE_DOWN, Kind.SOURCE_UP);
  }

  @Test
  void missingModelIsAFailureOfThisDonefileOnly() {
    rig.done("1");
    assertFails(ErrorCode.NOT_FOUND, "donefile is there but not the model: model.tar.gz");
    rig.publish(ONE, "2");
    assertThat(rig.pass()).isInstanceOf(Outcome.Installed.class);
  }

  @Test
  void donefileThatMovesDuringThePullDiscardsIt() {
    rig.publish(ONE, "1");
    rig.onceAt(Kind.PULL_DONE, () -> rig.publish(TWO, "2"));

    assertThat(rig.pass()).isInstanceOf(Outcome.Installed.class);

    assertThat(rig.kinds()).contains(Kind.DONEFILE_MOVED);
    assertThat(rig.served()).isEqualTo(Map.of("model.onnx", "two", ".hidden", "h"));
    assertThat(rig.kinds().stream().filter(Kind.INSTALL_DONE::equals)).hasSize(1);
  }

  @Test
  void digestInTheDonefileMustHold() {
    rig.publish(ONE, "sha256=" + "0".repeat(64));
    assertFails(ErrorCode.DATA_LOSS, "sha256");
  }

  @Test
  void nameOfTheModelInsideTheArchiveChoosesIt() {
    rig.unpackedName("b");
    rig.publish(Map.of("a/model.onnx", "a", "b/model.onnx", "b"), "1");
    rig.pass();

    assertThat(rig.served()).isEqualTo(Map.of("model.onnx", "b"));
  }

  @Test
  void archiveWithoutThatNameSaysWhatItHolds() {
    rig.unpackedName("c");
    rig.publish(Map.of("a/model.onnx", "a", "b/model.onnx", "b"), "1");

    assertFails(ErrorCode.DATA_LOSS, "the archive has no 'c' (expected: one of 'a', 'b')");
  }

  @Test
  void filesAtTheTopOfAnArchiveAreTheModel() {
    rig.publish(Map.of("model.onnx", "one", "data/w.bin", "w"), "1");
    rig.pass();

    assertThat(rig.served()).containsOnlyKeys("model.onnx", "data/w.bin");
  }

  @Test
  void bareOnnxFileIsAModelOfOneFile() {
    rig.model("hp.onnx");
    rig.server.put("/hp.onnx", "onnx".getBytes(StandardCharsets.UTF_8));
    rig.done("1");
    rig.pass();

    assertThat(rig.served()).isEqualTo(Map.of("hp.onnx", "onnx"));
  }

  @Test
  void archiveIsKnownByItsContentUnderAnyName() {
    rig.model("latest");
    rig.server.put("/latest", TarBuilder.tarGz(ONE));
    rig.done("1");
    rig.pass();

    assertThat(rig.served()).containsOnlyKeys("model.onnx", "extra.bin");
  }

  @Test
  void oldVersionsArePrunedToTheNumberAskedFor() throws IOException {
    for (int i = 1; i <= 6; i++) {
      rig.publish(Map.of("model.onnx", "v" + i), "" + i);
      rig.pass();
    }
    try (var versions = Files.newDirectoryStream(folder.resolve(".versions/m"), "[0-9]*")) {
      assertThat(versions).hasSize(4);
    }
  }

  @Test
  void pullThatBrokeOffGoesOnWhereItEnded() {
    rig.server.put(MonitorRig.ARCHIVE, new TarBuilder().file("m", new byte[1 << 20]).tar());
    rig.server.always(MonitorRig.ARCHIVE, Behaviour.normal().cutAfter(500_000));
    rig.done("1");
    assertThat(rig.pass()).isInstanceOf(Outcome.Failed.class);
    rig.server.always(MonitorRig.ARCHIVE, Behaviour.normal());

    assertThat(passWhenDue()).isInstanceOf(Outcome.Installed.class);
    assertThat(rig.server.requests("GET", MonitorRig.ARCHIVE).get(1).header("Range"))
        .contains("bytes=500000-");
  }

  @Test
  void debrisOfARunThatEndedInAPullIsGoneAfterTheNextStart() {
    rig.publish(ONE, "1");
    rig.onceAt(
        Kind.PULL_DONE,
        () -> {
          throw new IllegalStateException("the process ends here");
        });
    assertThatIllegalStateException().isThrownBy(rig::pass);
    assertThat(rig.temporary()).hasSize(1);
    rig.restart();
    rig.server.always(MonitorRig.DONEFILE, Behaviour.normal().status(503));

    rig.pass();

    assertThat(rig.temporary()).isEmpty();
  }

  @Test
  void missingTimestampFileIsWrittenAtTheNextStart() throws IOException {
    rig.publish(ONE, "1");
    rig.pass();
    rig.restart();
    Files.delete(rig.live.resolve("fluid_time_file"));

    rig.pass();

    assertThat(rig.live.resolve("fluid_time_file")).exists();
    assertThat(rig.pulls()).isEqualTo(1);
  }
}
