package io.mlserve.bench.result;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.BenchRun;
import io.mlserve.bench.Extent;
import io.mlserve.bench.HostFacts;
import io.mlserve.bench.JsonDocuments;
import io.mlserve.bench.LoadFacts;
import io.mlserve.bench.RunFacts;
import io.mlserve.bench.TargetFacts;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Reads a saved result. */
final class ResultReader {
  private ResultReader() {}

  static BenchResult read(String name, byte[] bytes) {
    Part root = new Part(name, JsonDocuments.value(name, bytes));
    long version = root.maybe("schema_version").map(Part::whole).orElse(-1L);
    if (version != ResultJson.SCHEMA_VERSION) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS,
          "%s: not a result of this version of mlserve bench (expected: schema_version %d)"
              .formatted(name, ResultJson.SCHEMA_VERSION));
    }
    List<BenchPoint> points = new ArrayList<>();
    List<PointFindings> findings = new ArrayList<>();
    for (Part point : root.at("points").items()) {
      points.add(PointReader.point(point));
      findings.add(FindingsReader.point(point));
    }
    BenchRun run =
        new BenchRun(run(root.at("run")), target(root.at("target")), load(root.at("load")), points);
    Map<String, String> labels = new TreeMap<>();
    root.at("labels").members().forEach((key, label) -> labels.put(key, label.text()));
    return new BenchResult(
        run,
        new Findings(
            labels,
            findings,
            root.maybe("max").map(FindingsReader::max),
            root.maybe("baseline").map(FindingsReader::baseline),
            root.at("verdict").constant(Outcome.class),
            root.at("reasons").texts(),
            root.at("exit_code").small()));
  }

  private static RunFacts run(Part run) {
    Part host = run.at("host");
    return new RunFacts(
        run.at("version").text(),
        run.at("args").texts(),
        run.at("seed").whole(),
        run.at("started_at").instant(),
        new HostFacts(
            host.maybe("cpu").map(Part::text),
            host.at("cores").small(),
            host.at("memory_bytes").whole(),
            host.at("os").text(),
            host.maybe("governor").map(Part::text),
            host.at("jvm").text()));
  }

  private static TargetFacts target(Part target) {
    return new TargetFacts(
        target.at("url").text(),
        target.at("api").text(),
        target.at("model").text(),
        target.maybe("version").map(Part::text),
        target.maybe("digest").map(Part::text));
  }

  private static LoadFacts load(Part load) {
    OptionalLong requests =
        load.maybe("requests_limit").stream().mapToLong(Part::whole).findFirst();
    if (load.maybe("duration_s").isEmpty() && requests.isEmpty()) {
      throw load.wrong("'duration_s' or 'requests_limit'");
    }
    return new LoadFacts(
        load.maybe("scenario").map(Part::text),
        new Extent(
            load.at("warm_up_s").seconds(), load.maybe("duration_s").map(Part::seconds), requests),
        load.at("ramp_s").seconds(),
        load.at("cool_down_s").seconds(),
        load.at("timeout_s").seconds(),
        load.at("input").text(),
        load.at("inputs").small(),
        load.at("batch").whole());
  }
}
