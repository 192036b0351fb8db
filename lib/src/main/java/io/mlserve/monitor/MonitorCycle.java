package io.mlserve.monitor;

import io.mlserve.archive.Unpacker;
import io.mlserve.change.ChangeMachine;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.monitor.MonitorEvent.Kind;
import io.mlserve.monitor.MonitorState.Applied;
import io.mlserve.monitor.MonitorState.Failure;
import io.mlserve.monitor.MonitorState.Refused;
import io.mlserve.remote.DoneMark;
import io.mlserve.remote.ModelSource;
import io.mlserve.store.ExternalDataCheck;
import io.mlserve.store.InstalledVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pass of a monitor, from the donefile to the touched timestamp file. What was served stays
 * served until the new version is complete on the disk, checked, and of a donefile that did not
 * move meanwhile; that it is applied is recorded last.
 *
 * <p>Not thread-safe: the loop that runs it owns it.
 */
public final class MonitorCycle {
  private static final int MOST_MOVES = 5;

  private final MonitorPlan plan;
  private final ModelSource source;
  private final LocalModel local;
  private final ModelCheck check;
  private final Consumer<MonitorEvent> events;
  private final ChangeMachine<DoneMark> machine;
  private final ModelPull pull;
  private final ModelPackage packages;
  private final String rules;

  private @Nullable Attempt failed; // the latest attempt, if it failed
  private Kind view = Kind.SOURCE_UP; // how the source looked last

  private record Attempt(DoneMark mark, MlserveException failure) {}

  public MonitorCycle(
      MonitorPlan plan,
      ModelSource source,
      LocalModel local,
      ModelCheck check,
      Consumer<MonitorEvent> events) {
    this.plan = plan;
    this.source = source;
    this.local = local;
    this.check = check;
    this.events = events;
    this.machine = new ChangeMachine<>(plan.effort().backoff());
    this.pull = new ModelPull(plan, source);
    this.packages =
        new ModelPackage(new Unpacker(plan.effort().unpack()), plan.published().unpackedName());
    this.rules =
        String.join(
            ", ",
            check.name(),
            plan.published().unpackedName().orElse("any name"),
            plan.effort().unpack().toString());
    local
        .applied(plan.published().of(source))
        .ifPresent(applied -> machine.applied(applied.mark()));
  }

  /** Looks once, and installs what is new. Every expected failure is an outcome, not thrown. */
  public Outcome run() {
    tell(Kind.DONEFILE_CHECK, plan.published().donefile() + " of " + source);
    Optional<DoneMark> seen;
    try {
      seen = read();
    } catch (MlserveException e) {
      view = Kind.SOURCE_DOWN;
      tell(Kind.SOURCE_DOWN, e.message());
      return new Outcome.Unreadable(e);
    }
    if (seen.isEmpty()) {
      look(Kind.DONEFILE_ABSENT, "no " + plan.published().donefile() + " in " + source);
      return new Outcome.Absent();
    }
    look(Kind.SOURCE_UP, plan.published().donefile() + " in " + source);
    Optional<DoneMark> due = machine.observe(seen, steadyNow());
    if (due.isPresent()) {
      return update(due.get());
    }
    Attempt last = failed;
    return last != null && seen.get().equals(last.mark())
        ? new Outcome.Waiting(last.failure())
        : new Outcome.UpToDate();
  }

  private Optional<DoneMark> read() {
    return DoneMark.read(source, plan.published().donefile());
  }

  // Steps of the wall clock must neither hurry a retry nor put it off.
  private static Instant steadyNow() {
    return Instant.EPOCH.plusNanos(System.nanoTime());
  }

  private void look(Kind kind, String text) {
    if (view != kind) {
      view = kind;
      tell(kind, text);
    }
  }

  private Outcome update(DoneMark first) {
    DoneMark mark = first;
    tell(Kind.DONEFILE_CHANGED, describe(mark));
    try {
      for (int moves = 0; moves < MOST_MOVES; moves++) {
        Pulled pulled = pull(mark);
        Optional<DoneMark> after = read();
        if (after.equals(Optional.of(mark))) {
          return install(mark, pulled);
        }
        mark = after.orElse(mark);
        tell(Kind.DONEFILE_MOVED, "what was pulled is thrown away; now " + describe(mark));
      }
      throw new MlserveException(
          ErrorCode.ABORTED, "the donefile changed during each of " + MOST_MOVES + " pulls");
    } catch (MlserveException e) {
      return fail(mark, e);
    } catch (RuntimeException e) {
      machine.failed(mark, steadyNow()); // a bug, and no reason to pull in every pass
      throw e;
    }
  }

  private static String describe(DoneMark mark) {
    return "donefile of "
        + mark.modified().map(Instant::toString).orElse("unknown time")
        + ", "
        + mark.size()
        + " bytes, sha256:"
        + mark.content().hex().substring(0, 12);
  }

  private Pulled pull(DoneMark mark) {
    Attempt last = failed;
    boolean resume =
        last != null && last.mark().equals(mark) && last.failure().code().isTemporary();
    Path folder = resume ? local.staging().resume("pull") : local.staging().fresh("pull");
    tell(Kind.PULL_START, plan.published().model() + " of " + source);
    long start = System.nanoTime();
    Pulled pulled =
        pull.pull(mark, folder, local.state().refused().filter(bad -> bad.rules().equals(rules)));
    tell(
        Kind.PULL_DONE,
        "%s, %d bytes, sha256:%s, %d ms"
            .formatted(
                plan.published().model(), pulled.bytes(), pulled.sha256(), millisSince(start)));
    return pulled;
  }

  private static long millisSince(long start) {
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }

  private Outcome install(DoneMark mark, Pulled pulled) {
    Path model = judged(pulled);
    Optional<InstalledVersion> before = local.current();
    InstalledVersion version = local.install(model);
    boolean isNew = !before.equals(Optional.of(version));
    tell(
        isNew ? Kind.INSTALL_DONE : Kind.INSTALL_SAME,
        plan.served().model() + " is version " + version.id());
    if (local.touch(version, Instant.now())) {
      tell(
          Kind.TOUCH_DONE, plan.served().model().resolve(plan.served().timestampName()).toString());
    }
    machine.applied(mark);
    failed = null;
    conclude(mark, pulled, version);
    return isNew ? new Outcome.Installed(version) : new Outcome.UpToDate();
  }

  private Path judged(Pulled pulled) {
    try {
      Path model = open(pulled);
      tell(Kind.CHECK_START, check.name());
      List<Path> unknown = ExternalDataCheck.check(model);
      check.check(model);
      tell(
          Kind.CHECK_DONE,
          check.name()
              + " passed"
              + (unknown.isEmpty() ? "" : " although this is not ONNX: " + names(unknown)));
      return model;
    } catch (MlserveException e) {
      if (e.code() == ErrorCode.DATA_LOSS) {
        Refused bad =
            new Refused(pulled.sha256(), pulled.sight(), rules, e.message(), Instant.now());
        aftermath(() -> local.remember(local.state().withRefused(bad)));
      }
      throw e;
    }
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(file -> String.valueOf(file.getFileName())).toList();
  }

  private Path open(Pulled pulled) {
    boolean packed = packages.isPacked(pulled.path());
    if (packed) {
      tell(Kind.UNPACK_START, pulled.path().getFileName().toString());
    }
    Path model = packages.open(pulled.path(), local.staging().folder().resolve("tree"));
    if (packed) {
      tell(Kind.UNPACK_DONE, "using " + local.staging().folder().relativize(model));
    }
    return model;
  }

  private void conclude(DoneMark mark, Pulled pulled, InstalledVersion version) {
    Applied applied =
        new Applied(
            plan.published().of(source), mark, pulled.sha256(), version.id(), Instant.now());
    aftermath(() -> local.remember(local.state().withApplied(applied)));
    aftermath(local.staging()::remove);
    aftermath(
        () -> {
          List<InstalledVersion> deleted = local.prune();
          if (!deleted.isEmpty()) {
            tell(Kind.PRUNE_DONE, deleted.stream().map(InstalledVersion::id).toList().toString());
          }
        });
  }

  private Outcome fail(DoneMark mark, MlserveException e) {
    machine.failed(mark, steadyNow());
    failed = new Attempt(mark, e);
    Duration wait = Duration.between(steadyNow(), machine.retryAt());
    tell(
        Kind.UPDATE_FAILED,
        "%s (failure %d of this donefile, next attempt in %d s); %s"
            .formatted(
                e.message(),
                machine.failures(),
                Math.max(1, wait.toSeconds()),
                local.current().map(v -> "still serving " + v.id()).orElse("nothing served yet")));
    if (!e.code().isTemporary()) {
      aftermath(local.staging()::remove); // nothing in it that a next attempt could go on with
    }
    Failure failure = new Failure(Instant.now(), machine.failures(), e.code().name(), e.message());
    aftermath(() -> local.remember(local.state().withFailure(failure)));
    return new Outcome.Failed(e);
  }

  // After the fact: what goes wrong here is told, and does not undo what was done.
  private void aftermath(Runnable step) {
    try {
      step.run();
    } catch (MlserveException e) {
      tell(Kind.AFTERMATH_FAILED, e.message());
    }
  }

  private void tell(Kind kind, String text) {
    events.accept(new MonitorEvent(kind, text));
  }
}
