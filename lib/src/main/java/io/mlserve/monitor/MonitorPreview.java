package io.mlserve.monitor;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.remote.DoneMark;
import io.mlserve.remote.ModelSource;
import io.mlserve.remote.RemoteEntry;
import io.mlserve.store.InstalledVersion;
import io.mlserve.store.VersionStore;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a pass of a monitor would do: reads the donefile and the state of the last run, pulls
 * nothing, writes nothing and takes no lock, so it may run beside the monitor itself.
 */
public final class MonitorPreview {
  private MonitorPreview() {}

  /** {@code Due} if a pass would fetch something; every expected failure is an outcome. */
  public static Outcome of(MonitorPlan plan, ModelSource source) {
    Optional<DoneMark> seen;
    Optional<RemoteEntry> model;
    try {
      seen = DoneMark.read(source, plan.published().donefile());
      model = source.stat(plan.published().model());
    } catch (MlserveException e) {
      return new Outcome.Unreadable(e);
    }
    if (seen.isEmpty()) {
      return new Outcome.Absent();
    }
    if (applied(plan, source).equals(seen)) {
      return new Outcome.UpToDate();
    }
    return model.isPresent()
        ? new Outcome.Due(model.get().size())
        : new Outcome.Failed(
            new MlserveException(
                ErrorCode.NOT_FOUND, "no model " + plan.published().model() + " in " + source));
  }

  private static Optional<DoneMark> applied(MonitorPlan plan, ModelSource source) {
    Path model = plan.served().model();
    StateFile file = StateFile.of(plan.served(), VersionStore.folderOf(model));
    MonitorState state;
    try {
      state = file.read();
    } catch (MlserveException e) {
      return Optional.empty(); // a pass starts without it, too
    }
    Optional<String> current = VersionStore.servedAs(model).map(InstalledVersion::id);
    return state.applied(plan.published().of(source), current).map(MonitorState.Applied::mark);
  }
}
