package io.mlserve.commands;

import io.mlserve.bench.result.BaselineFindings;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.Judge;
import io.mlserve.bench.verdict.RegressionLimit;
import io.mlserve.bench.verdict.Verdict;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code mlserve bench compare}: says whether later runs differ from the first by more than noise.
 */
@Command(
    name = "compare",
    description = {
      "Compare saved results with the first of them: better, worse, or no difference shown.",
      "",
      "How much the windows of a run differ among themselves tells what is noise; each change is"
          + " shown with the interval in which the true one lies. Runs of half a minute or more"
          + " on the same machine compare best."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:compared; with --max-regression: within the limits",
      "2:the command line is wrong",
      "6:no such file",
      "7:a file is damaged, or not a result",
      "10:a limit of --max-regression is exceeded",
      "12:too few requests to say that a limit is kept",
      "141:standard output was closed"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve bench compare before.json after.json",
      "  mlserve bench compare before.json after.json \\",
      "      --max-regression p99:+5%%,rate:-3%%"
    })
public final class BenchCompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its options are what counts
  private CommonOptions common;

  @Parameters(arity = "2..*", paramLabel = "FILE", description = "Saved results, the base first.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--max-regression",
      paramLabel = "LIMITS",
      split = ",",
      converter = BenchGoalOptions.LimitConverter.class,
      description = "How much worse than the base a result may be, such as p99:+5%%,rate:-3%%.")
  private List<RegressionLimit> limits = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    BenchResult base = read(files.get(0));
    Verdict verdict = Verdict.PASS;
    for (Path file : files.subList(1, files.size())) {
      BenchResult result = read(file);
      BaselineFindings compared =
          Judge.compare(
              String.valueOf(files.get(0).getFileName()), base.run(), result.run(), limits);
      BenchText.line(out, "mlserve bench compare  %s", file);
      BenchVerdicts.baseline(out, compared);
      for (BaselineFindings.Limit limit : compared.limits()) {
        verdict = verdict.and(limit.verdict());
      }
      BenchText.line(
          out,
          "RESULT %s windows=%d",
          compared.comparison().outcome().words().replace(' ', '-'),
          compared.comparison().windows());
    }
    return switch (verdict) {
      case PASS -> ExitStatus.OK;
      case NOT_ENOUGH -> ExitStatus.INCONCLUSIVE;
      case FAIL -> ExitStatus.CHECK_SAID_NO;
    };
  }

  private static BenchResult read(Path file) throws IOException {
    BenchResult result = BenchFiles.read(file);
    if (result.run().points().isEmpty()) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, file + ": no points (expected: at least one)");
    }
    return result;
  }
}
