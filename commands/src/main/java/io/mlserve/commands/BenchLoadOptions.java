package io.mlserve.commands;

import io.mlserve.bench.Api;
import io.mlserve.bench.Arrival;
import io.mlserve.bench.Extent;
import io.mlserve.bench.LoadEvent;
import io.mlserve.bench.Schedule;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How much load {@code mlserve bench} puts on, and for how long. */
final class BenchLoadOptions {
  private static final Duration DEFAULT_DURATION = Duration.ofSeconds(10);
  private static final int MOST_CONNECTIONS = 10_000;
  private static final int GRPC_CONNECTIONS = 8;
  private static final int OFFLINE_CONCURRENCY = 64;
  private static final Pattern BURST = Pattern.compile("burst:(\\d{1,7})@(.+)");
  private static final Pattern EVENT = Pattern.compile("(.*)@([^@]+)", Pattern.DOTALL);

  /** Presets in the shape of MLPerf's scenarios. */
  enum Scenario {
    SINGLE_STREAM,
    MULTI_STREAM,
    SERVER,
    OFFLINE;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-c", "--concurrency"},
      paramLabel = "N",
      converter = Sweep.Converter.class,
      description = {
        "Closed loop: so many requests under way, always (default: 1). Several are measured one"
            + " after the other: 1,2,8 or 10:50:10 or 1:64:x2."
      })
  private Optional<Sweep> concurrency = Optional.empty();

  @Option(
      names = {"-r", "--rate"},
      paramLabel = "R",
      converter = Sweep.Converter.class,
      description = {
        "Open loop: so many requests a second, whether answers come or not; latency counts from"
            + " the time at which a request was due. Several as with --concurrency."
      })
  private Optional<Sweep> rate = Optional.empty();

  @Option(
      names = "--arrival",
      paramLabel = "HOW",
      converter = ArrivalConverter.class,
      description = {
        "How the requests of an open loop are spread: poisson (default), constant, burst:N@TIME"
            + " for N at once every TIME, or replay:FILE with one time a line in seconds, scaled"
            + " to --rate if it is given."
      })
  private Optional<Arrival> arrival = Optional.empty();

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      converter = ScenarioConverter.class,
      description = {
        "A load shaped like one of MLPerf's: single-stream (one request at a time), multi-stream"
            + " (one at a time, 8 rows each), server (poisson, with --rate), offline (as many as"
            + " can be)."
      })
  private Optional<Scenario> scenario = Optional.empty();

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = {
        "Most connections, or threads of inproc (default: closed loop over HTTP one for each"
            + " request; open loop as many as needed; gRPC up to 8)."
      })
  private Optional<Integer> connections = Optional.empty();

  @Option(
      names = "--max-outstanding",
      paramLabel = "N",
      defaultValue = "1000",
      description = {
        "Open loop: with so many requests under way or overdue, one more is not sent but fails as"
            + " 'overload' (default: ${DEFAULT-VALUE})."
      })
  private int maxOutstanding;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      description = "How long to measure (default: 10s, or until --requests are done).")
  private Optional<Duration> duration = Optional.empty();

  @Option(
      names = {"-n", "--requests"},
      paramLabel = "N",
      description = "How many requests to measure.")
  private Optional<Long> requests = Optional.empty();

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "How long to send requests before measuring any (default: 1s).")
  private Duration warmup;

  @Option(
      names = "--ramp",
      paramLabel = "TIME",
      defaultValue = "0",
      description = "Before the warm-up, let the load grow from nothing for so long (default: 0).")
  private Duration ramp;

  @Option(
      names = "--cooldown",
      paramLabel = "TIME",
      defaultValue = "0",
      description = "Pause between two loads (default: 0).")
  private Duration cooldown;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "Longest wait for one answer (default: 10s).")
  private Duration timeout;

  @Option(
      names = "--during",
      paramLabel = "CMD@TIME",
      converter = EventConverter.class,
      description = {
        "Run a shell command in the middle, so long after the warm-up, such as 'touch"
            + " model/fluid_time_file@10s'; latency and errors of the seconds around it are"
            + " reported. May be given several times."
      })
  private List<LoadEvent> during = new ArrayList<>();

  /** Refuses what cannot be, before anything is sent. */
  void check() {
    for (double value : concurrency.map(Sweep::values).orElse(List.of())) {
      if (value != Math.rint(value) || value > MOST_CONNECTIONS) {
        throw wrong("--concurrency", value, "whole numbers of at most " + MOST_CONNECTIONS);
      }
    }
    atLeastOne("--requests", requests.orElse(1L));
    atLeastOne("--max-outstanding", maxOutstanding);
    atLeastOne("--connections", connections.orElse(1));
    moreThanZero("--timeout", timeout);
    duration.ifPresent(time -> moreThanZero("--duration", time));
    if (concurrency.isPresent() && (rate.isPresent() || arrival.isPresent())) {
      throw new ParameterException(
          spec.commandLine(), "--concurrency with --rate or --arrival (expected: one loop)");
    }
    if (scenario.isPresent() && scenario.get() == Scenario.SERVER && rate.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--scenario server without --rate (expected: both)");
    }
    if (scenario.isPresent() && scenario.get() != Scenario.SERVER && rate.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "--scenario " + scenario.get().word() + " with --rate (expected: a closed loop)");
    }
    boolean needsRate =
        arrival.isPresent()
            && (arrival.get() instanceof Arrival.Poisson
                || arrival.get() instanceof Arrival.Constant);
    if (needsRate && rate.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--arrival without --rate (expected: both)");
    }
  }

  /**
   * The loads to measure, one after the other.
   *
   * @param search whether the rate is still to be found: any open loop will do
   */
  List<Schedule> schedules(Api api, long seed, boolean search) {
    if (search || rate.isPresent() || arrival.isPresent()) {
      Arrival how = arrival.orElse(new Arrival.Poisson());
      List<Double> rates = rate.map(Sweep::values).orElse(List.of(search ? 1.0 : 0.0));
      return rates.stream().<Schedule>map(r -> open(api, r, how, seed)).toList();
    }
    if (scenario.isPresent() && scenario.get() == Scenario.OFFLINE && concurrency.isEmpty()) {
      return List.of(closed(api, OFFLINE_CONCURRENCY));
    }
    return concurrency.map(Sweep::values).orElse(List.of(1.0)).stream()
        .<Schedule>map(n -> closed(api, n.intValue()))
        .toList();
  }

  private Schedule open(Api api, double perSecond, Arrival how, long seed) {
    int most =
        connections.orElse(
            switch (api) {
              case V2_GRPC, TFS_GRPC -> GRPC_CONNECTIONS;
              case INPROC -> Runtime.getRuntime().availableProcessors();
              case TFS_REST, V2, V2_BINARY, RAW -> maxOutstanding;
            });
    return new Schedule.Open(perSecond, how, seed, Math.min(most, maxOutstanding), maxOutstanding);
  }

  private Schedule closed(Api api, int underWay) {
    boolean shared = api == Api.V2_GRPC || api == Api.TFS_GRPC;
    int most = shared ? connections.orElse(GRPC_CONNECTIONS) : underWay;
    return new Schedule.Closed(underWay, Math.min(underWay, most));
  }

  /** How long each load is measured. */
  Extent extent() {
    Optional<Duration> measured =
        requests.isPresent() ? duration : Optional.of(duration.orElse(DEFAULT_DURATION));
    return new Extent(
        warmup, measured, requests.map(OptionalLong::of).orElse(OptionalLong.empty()));
  }

  Duration ramp() {
    return ramp;
  }

  Duration cooldown() {
    return cooldown;
  }

  Duration timeout() {
    return timeout;
  }

  List<LoadEvent> during() {
    return during;
  }

  Optional<Scenario> scenario() {
    return scenario;
  }

  private void atLeastOne(String option, long value) {
    if (value < 1) {
      throw wrong(option, value, "at least 1");
    }
  }

  private void moreThanZero(String option, Duration value) {
    if (value.isZero()) {
      throw wrong(option, "0", "more than zero");
    }
  }

  private ParameterException wrong(String option, Object value, String expectation) {
    return new ParameterException(
        spec.commandLine(), "%s: '%s' (expected: %s)".formatted(option, value, expectation));
  }

  /** Reads {@code burst:10@1s}. */
  static final class ArrivalConverter implements ITypeConverter<Arrival> {
    @Override
    public Arrival convert(String text) {
      Matcher burst = BURST.matcher(text);
      try {
        if (burst.matches()) {
          return new Arrival.Burst(
              Integer.parseInt(burst.group(1)), Durations.parse(burst.group(2)));
        }
        if (text.startsWith("replay:")) {
          Path file = Path.of(text.substring(7));
          return Arrival.Replay.parse(String.valueOf(file.getFileName()), Files.readString(file));
        }
      } catch (IOException e) {
        throw new MlserveException(
            ErrorCode.NOT_FOUND, text + ": the file cannot be read: " + e.getMessage(), e);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "': " + e.getMessage());
      }
      return switch (text) {
        case "poisson" -> new Arrival.Poisson();
        case "constant" -> new Arrival.Constant();
        default ->
            throw new TypeConversionException(
                "'" + text + "' (expected: poisson, constant, burst:N@TIME or replay:FILE)");
      };
    }
  }

  /** Reads {@code single-stream}. */
  static final class ScenarioConverter implements ITypeConverter<Scenario> {
    @Override
    public Scenario convert(String text) {
      for (Scenario known : Scenario.values()) {
        if (known.word().equals(text)) {
          return known;
        }
      }
      throw new TypeConversionException(
          "'" + text + "' (expected: single-stream, multi-stream, server or offline)");
    }
  }

  /** Reads {@code CMD@10s}. */
  static final class EventConverter implements ITypeConverter<LoadEvent> {
    @Override
    public LoadEvent convert(String text) {
      Matcher event = EVENT.matcher(text);
      try {
        if (event.matches() && !event.group(1).isBlank()) {
          return new LoadEvent(event.group(1), Durations.parse(event.group(2)));
        }
      } catch (IllegalArgumentException | TypeConversionException e) {
        // said below with an example
      }
      throw new TypeConversionException("'" + text + "' (expected: CMD@TIME such as 'sync@10s')");
    }
  }
}
