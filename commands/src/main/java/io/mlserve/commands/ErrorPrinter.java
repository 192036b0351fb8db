package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.commands.ErrorMessages.Explained;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Turns a failure into one line on stderr, a hint and an exit status: {@code mlserve pull: message
 * (7)}; or into one JSON object if the command was to print JSON. What is a bug keeps its stack
 * trace, any other failure shows it with {@code --debug}.
 */
final class ErrorPrinter implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final String JSON = "--json";

  /** What is printed. {@code code} names the kind of failure for programs. */
  private record Report(
      String command, int status, String code, String message, Optional<String> hint) {}

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    String name = command.getCommandSpec().qualifiedName();
    OptionSpec json = command.getCommandSpec().findOption(JSON);
    boolean asJson = json != null && Boolean.TRUE.equals(json.getValue());
    PrintWriter err = command.getErr();
    if (failure instanceof OutputFailedException output) {
      return outputFailed(output, command);
    }
    if (failure instanceof MlserveException expected) {
      int status = ExitStatus.of(expected.code());
      print(
          err,
          asJson,
          new Report(name, status, expected.code().name(), expected.message(), expected.hint()));
      if (LogOptions.of(command.getCommandSpec()).debug()) {
        failure.printStackTrace(err);
        err.flush();
      }
      return status;
    }
    String message = asJson ? String.valueOf(failure) : "unexpected error, please report it";
    print(
        err,
        asJson,
        new Report(name, ExitStatus.UNEXPECTED, "INTERNAL", message, Optional.empty()));
    failure.printStackTrace(err);
    err.flush();
    return ExitStatus.UNEXPECTED;
  }

  /** Standard output is gone: quietly if its reader, {@code head} say, has what it wanted. */
  static int outputFailed(OutputFailedException failure, CommandLine command) {
    if (failure.brokenPipe()) {
      return ExitStatus.BROKEN_PIPE;
    }
    String message = String.valueOf(failure.getMessage());
    String name = command.getCommandSpec().qualifiedName();
    print(
        command.getErr(),
        false,
        new Report(name, ExitStatus.LIMIT, "OUTPUT", message, Optional.empty()));
    return ExitStatus.LIMIT;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    Explained explained = ErrorMessages.explain(failure);
    print(
        command.getErr(),
        Arrays.asList(arguments).contains(JSON),
        new Report(
            command.getCommandSpec().qualifiedName(),
            ExitStatus.USAGE,
            "USAGE",
            explained.message(),
            Optional.of(explained.hint())));
    return ExitStatus.USAGE;
  }

  private static void print(PrintWriter err, boolean asJson, Report report) {
    if (asJson) {
      err.println(json(report));
    } else {
      err.printf(
          "%s: %s (%d)%n", report.command(), Printable.line(report.message()), report.status());
      report.hint().ifPresent(hint -> err.printf("hint: %s%n", Printable.line(hint)));
    }
    err.flush();
  }

  private static String json(Report report) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("type", "error");
      json.writeStringField("command", report.command());
      json.writeNumberField("status", report.status());
      json.writeStringField("code", report.code());
      json.writeStringField("message", report.message());
      if (report.hint().isPresent()) {
        json.writeStringField("hint", report.hint().get());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return text.toString();
  }
}
