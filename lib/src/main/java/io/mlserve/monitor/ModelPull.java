package io.mlserve.monitor;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.monitor.MonitorState.Refused;
import io.mlserve.remote.Checksum;
import io.mlserve.remote.DoneMark;
import io.mlserve.remote.Download;
import io.mlserve.remote.Downloader;
import io.mlserve.remote.ModelSource;
import io.mlserve.remote.Progress;
import io.mlserve.remote.RemoteEntry;
import io.mlserve.remote.Retry;
import java.nio.file.Path;
import java.util.Optional;

/** Brings the published model into the staging folder, unless it is known to be bad. */
final class ModelPull {
  private final MonitorPlan plan;
  private final ModelSource source;
  private final Downloader downloader;

  ModelPull(MonitorPlan plan, ModelSource source) {
    this.plan = plan;
    this.source = source;
    this.downloader =
        new Downloader(
            source, plan.effort().download(), new Retry(plan.effort().retry()), Progress.none());
  }

  /**
   * The model as it is published now. {@code NOT_FOUND} if it is not there although its donefile
   * is; {@code DATA_LOSS} if it has not the digest that it must have, or is the {@code refused}
   * one, which is found out without pulling it again where the source names the states of files.
   */
  Pulled pull(DoneMark mark, Path folder, Optional<Refused> refused) {
    RemoteEntry entry = entry();
    refused.filter(bad -> isSame(bad, entry)).ifPresent(ModelPull::refuse);
    Optional<Checksum> expected = plan.published().expected().or(mark::archive);
    if (entry.folder() && expected.isPresent()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "a checksum is given but "
              + plan.published().model()
              + " is a folder (expected: a file)");
    }
    Path into = folder.resolve(name());
    Download download = downloader.fetch(plan.published().model(), into, expected);
    String sha256 = download.sha256().hex();
    refused.filter(bad -> bad.sha256().equals(sha256)).ifPresent(ModelPull::refuse);
    return new Pulled(into, download.bytes(), sha256, sight(download));
  }

  private RemoteEntry entry() {
    String model = plan.published().model();
    return source
        .stat(model)
        .orElseThrow(
            () ->
                new MlserveException(
                    ErrorCode.NOT_FOUND, "donefile is there but not the model: " + model));
  }

  private String name() {
    Path name = Path.of(plan.published().model()).getFileName();
    return name == null || name.toString().isEmpty() ? "model" : name.toString();
  }

  private static boolean isSame(Refused bad, RemoteEntry entry) {
    return !bad.sight().isEmpty()
        && entry
            .validator()
            .filter(now -> sight(now.token(), size(entry)).equals(bad.sight()))
            .isPresent();
  }

  private static long size(RemoteEntry entry) {
    return entry.size().orElse(-1);
  }

  private static void refuse(Refused bad) {
    throw new MlserveException(
            ErrorCode.DATA_LOSS,
            "the published model is the one refused at " + bad.at() + ": " + bad.reason())
        .withHint("publish another model; the same bytes are not tried twice");
  }

  private static String sight(Download download) {
    return download
        .validator()
        .filter(validator -> validator.strong())
        .map(validator -> sight(validator.token(), download.bytes()))
        .orElse("");
  }

  private static String sight(String token, long bytes) {
    return bytes + " " + token;
  }
}
