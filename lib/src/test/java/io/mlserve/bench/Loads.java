package io.mlserve.bench;

import io.mlserve.fixtures.net.StubModelServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Loads as tests need them. */
final class Loads {
  private Loads() {}

  /** A predict request to {@link StubModelServer}. */
  static Request predict(String body) {
    return new Request.Http(
        "POST",
        "/v1/models/" + StubModelServer.MODEL + ":predict",
        List.of(),
        body.getBytes(StandardCharsets.UTF_8));
  }

  static Extent lasting(Duration duration) {
    return new Extent(Duration.ZERO, Optional.of(duration), OptionalLong.empty());
  }

  /** One request over and over, on that schedule. */
  static LoadPlan plan(Schedule schedule, Extent extent) {
    return new LoadPlan(
        schedule,
        extent,
        Duration.ofSeconds(10),
        List.of(predict("{\"instances\": [1]}")),
        Expectations.NONE);
  }

  static Target target(StubModelServer server) {
    return Target.parse(server.uri().toString(), StubModelServer.MODEL, OptionalLong.empty());
  }

  static BenchPoint run(Target target, LoadPlan plan) {
    try (LoadGenerator generator = LoadGenerator.open(target, plan.schedule().connections())) {
      return generator.run(plan, LoadListener.NONE);
    }
  }
}
