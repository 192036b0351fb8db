package io.mlserve.commands;

import io.mlserve.bench.Api;
import io.mlserve.bench.Expectation;
import io.mlserve.bench.Expectations;
import io.mlserve.bench.GeneratedInputs;
import io.mlserve.bench.InputFiles;
import io.mlserve.bench.InputSet;
import io.mlserve.bench.LoadGenerator;
import io.mlserve.bench.Request;
import io.mlserve.bench.RightAnswer;
import io.mlserve.bench.Tolerance;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What {@code mlserve bench} sends, and what must come back. */
final class BenchInputOptions {
  private static final int MULTI_STREAM_ROWS = 8;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      defaultValue = "random",
      description = {
        "What to send: 'zeros' or 'random' (default) makes it up from the model's signature; JSON"
            + " of any API, one body or one a line, sent in turn; .npz or .npy; a folder with ONNX"
            + " test data (input_0.pb, or test_data_set_*); perf_analyzer's JSON; - for JSON on"
            + " standard input. Answers in test data and perf_analyzer's JSON are checked."
      })
  private String input;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Rows in a request that is made up (default: 1).")
  private Optional<Long> batch = Optional.empty();

  @Option(
      names = "--shape",
      paramLabel = "NAME:N,N",
      converter = ShapeConverter.class,
      description =
          "Shape of an input that is made up, such as image:1,3,224,224; may be given several"
              + " times.")
  private List<Map.Entry<String, Shape>> shapes = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description =
          "Seed of random inputs and of schedules: the same seed gives the same (default: 42).")
  private long seed;

  @Option(
      names = "--expect",
      paramLabel = "FILE",
      description = {
        "Every answer must be the one in FILE, with several inputs one a line in their order: JSON,"
            + " .npz or a folder with ONNX test data."
      })
  private Optional<Path> expect = Optional.empty();

  @Option(
      names = "--expect-one-of",
      paramLabel = "FILE",
      arity = "1..*",
      description = {
        "Every answer must be one of these. A file holds the answer of one version, with"
            + " several inputs one a line in their order. Reports how many answers each file"
            + " matched, and when."
      })
  private List<Path> expected = new ArrayList<>();

  @Option(
      names = "--check-first",
      description = "Ask once before the load, and take that answer for the right one.")
  private boolean checkFirst;

  @Option(
      names = "--rtol",
      paramLabel = "X",
      defaultValue = "1e-5",
      description =
          "Relative tolerance of numbers with a fraction (default: 1e-5); whole numbers must be"
              + " equal.")
  private double rtol;

  @Option(
      names = "--atol",
      paramLabel = "X",
      defaultValue = "1e-6",
      description = "Absolute tolerance, added to the relative one (default: 1e-6).")
  private double atol;

  /** What is sent and what is right. */
  record Prepared(List<Request> requests, Expectations expected) {}

  /** Refuses what cannot be, before anything is sent. */
  void check() {
    if (batch.isPresent() && batch.get() < 1) {
      throw wrong("--batch", batch.get(), "at least 1");
    }
    if (!(rtol >= 0 && atol >= 0)) {
      throw wrong("--rtol, --atol", rtol + ", " + atol, "0 or more");
    }
    if (checkFirst && (expect.isPresent() || !expected.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(), "--check-first with --expect (expected: one of them)");
    }
  }

  String input() {
    return input;
  }

  long seed() {
    return seed;
  }

  /** Rows in a request that is made up. */
  long batch(BenchLoadOptions load) {
    boolean multi =
        load.scenario().filter(BenchLoadOptions.Scenario.MULTI_STREAM::equals).isPresent();
    return batch.orElse(multi ? (long) MULTI_STREAM_ROWS : 1L);
  }

  /**
   * Reads or makes up what to send.
   *
   * @param wait longest wait for an answer of the server
   */
  Prepared prepare(
      LoadGenerator generator, BenchTargetOptions target, Api api, long rows, Duration wait)
      throws IOException {
    Supplier<Signature> signature = new Once(() -> generator.signature(wait));
    InputFiles files = new InputFiles(api, signature);
    if (api == Api.RAW) {
      byte[] body = generated() ? new byte[0] : bytes();
      return finish(generator, files, List.of(target.raw(body)), Optional.empty(), wait);
    }
    InputSet set =
        switch (input) {
          case "zeros" -> made(signature, rows, true);
          case "random" -> made(signature, rows, false);
          case "-" -> files.documents("standard input", bytes());
          default -> files.inputs(Path.of(input));
        };
    return finish(
        generator, files, generator.requests(set.inputs(), signature), set.answers(), wait);
  }

  private Prepared finish(
      LoadGenerator generator,
      InputFiles files,
      List<Request> requests,
      Optional<List<RightAnswer>> answers,
      Duration wait) {
    List<Expectation> any = new ArrayList<>();
    expect.ifPresent(file -> any.add(files.expectation(file, requests.size())));
    expected.forEach(file -> any.add(files.expectation(file, requests.size())));
    if (checkFirst) {
      any.add(generator.firstAnswers(requests, wait));
    }
    if (any.isEmpty()) {
      answers.ifPresent(right -> any.add(new Expectation(input, right)));
    }
    return new Prepared(requests, new Expectations(any, new Tolerance(rtol, atol)));
  }

  private boolean generated() {
    return input.equals("zeros") || input.equals("random");
  }

  private InputSet made(Supplier<Signature> signature, long rows, boolean zeros) {
    Map<String, Shape> given = new LinkedHashMap<>();
    shapes.forEach(shape -> given.put(shape.getKey(), shape.getValue()));
    GeneratedInputs inputs = new GeneratedInputs(signature.get().inputs(), rows, given);
    return new InputSet(zeros ? inputs.zeros() : inputs.random(seed), Optional.empty());
  }

  private byte[] bytes() throws IOException {
    if (!input.equals("-")) {
      return Files.readAllBytes(Path.of(input));
    }
    if (StandardError.isTerminal()) {
      spec.commandLine().getErr().println("reading requests from standard input");
    }
    return System.in.readAllBytes();
  }

  private ParameterException wrong(String option, Object value, String expectation) {
    return new ParameterException(
        spec.commandLine(), "%s: '%s' (expected: %s)".formatted(option, value, expectation));
  }

  /** Asks once. */
  private static final class Once implements Supplier<Signature> {
    private final Supplier<Signature> source;
    private Optional<Signature> known = Optional.empty();

    Once(Supplier<Signature> source) {
      this.source = source;
    }

    @Override
    public Signature get() {
      if (known.isEmpty()) {
        known = Optional.of(source.get());
      }
      return known.get();
    }
  }

  /** Reads {@code image:1,3,224,224}. */
  static final class ShapeConverter implements ITypeConverter<Map.Entry<String, Shape>> {
    @Override
    public Map.Entry<String, Shape> convert(String text) {
      int colon = text.lastIndexOf(':');
      try {
        if (colon > 0) {
          String sizes = text.substring(colon + 1);
          long[] dims =
              sizes.isEmpty()
                  ? new long[0]
                  : java.util.Arrays.stream(sizes.split(",", -1))
                      .mapToLong(Long::parseLong)
                      .toArray();
          if (java.util.Arrays.stream(dims).allMatch(size -> size >= 0)) {
            return Map.entry(text.substring(0, colon), Shape.of(dims));
          }
        }
      } catch (NumberFormatException e) {
        // said below with an example
      }
      throw new TypeConversionException("'" + text + "' (expected: NAME:SIZES such as in:1,3)");
    }
  }
}
