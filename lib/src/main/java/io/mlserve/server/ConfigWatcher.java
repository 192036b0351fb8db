package io.mlserve.server;

import io.mlserve.change.Backoff;
import io.mlserve.change.ChangeMachine;
import io.mlserve.config.ConfigFile;
import io.mlserve.config.ConfigPlan;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.ModelSettings;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is served in step with a configuration file: reads it, checks all of it, and only then
 * acts. A file that cannot be read, is wrong or is gone changes nothing.
 *
 * <p>Owned by the loop that calls {@link #poll}.
 */
final class ConfigWatcher {
  private static final Logger log = LoggerFactory.getLogger(ConfigWatcher.class);

  private final ConfigFile file;
  private final ModelRegistry models;
  private final ServingMetrics metrics;
  private final Clock clock = Clock.systemUTC();
  private final ChangeMachine<String> machine;
  private @Nullable String lastComplaint; // so as to log it once

  /**
   * @param applied what the file said when the models were opened
   */
  ConfigWatcher(
      ConfigFile file,
      String applied,
      ModelRegistry models,
      Backoff retry,
      ServingMetrics metrics) {
    this.file = file;
    this.models = models;
    this.metrics = metrics;
    this.machine = new ChangeMachine<>(retry);
    machine.applied(applied);
  }

  void poll() {
    String text;
    try {
      text = file.text();
    } catch (MlserveException e) {
      complain(e);
      return;
    }
    machine.observe(Optional.of(text), clock.instant()).ifPresent(this::apply);
  }

  private void apply(String text) {
    try {
      List<ModelSettings> wanted = file.parse(text);
      models.check(wanted, false);
      ConfigPlan plan = ConfigPlan.between(models.configured(), wanted);
      plan.lines().forEach(line -> log.info("{}: {}", file.path(), line));
      models.apply(wanted, false).exceptionally(ConfigWatcher::alreadyLogged);
      machine.applied(text);
      lastComplaint = null;
      metrics.life().configured(true);
    } catch (MlserveException e) {
      machine.failed(text, clock.instant());
      metrics.life().configured(false);
      complain(e);
    }
  }

  // A model that does not load says so itself, in the log, the status and the metrics.
  private static @Nullable Void alreadyLogged(Throwable failure) {
    log.debug("not all of the configuration is in effect", failure);
    return null;
  }

  private void complain(MlserveException why) {
    if (!why.message().equals(lastComplaint)) {
      lastComplaint = why.message();
      log.warn("{}; the configuration before stays in effect", why.message());
    }
  }
}
