package io.mlserve.commands;

import io.mlserve.error.MlserveException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns a failure into one line on stderr, a hint and an exit status: {@code mlserve pull: message
 * (7)}. What is a bug keeps its stack trace.
 */
final class ErrorPrinter implements IExecutionExceptionHandler, IParameterExceptionHandler {
  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    if (failure instanceof MlserveException expected) {
      int status = ExitStatus.of(expected.code());
      err.printf("%s: %s (%d)%n", name, oneLine(expected.message()), status);
      expected.hint().ifPresent(hint -> err.printf("hint: %s%n", oneLine(hint)));
      err.flush();
      return status;
    }
    err.printf("%s: unexpected error, please report it (%d)%n", name, ExitStatus.UNEXPECTED);
    failure.printStackTrace(err);
    err.flush();
    return ExitStatus.UNEXPECTED;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.printf(
        "%s: %s (%d)%n", name, oneLine(String.valueOf(failure.getMessage())), ExitStatus.USAGE);
    List<String> suggestions =
        failure instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    if (suggestions.isEmpty()) {
      err.printf("hint: see '%s --help'%n", name);
    } else {
      err.printf("hint: did you mean %s?%n", String.join(" or ", suggestions));
    }
    err.flush();
    return ExitStatus.USAGE;
  }

  // Messages quote what users and servers sent: no control character of theirs reaches a terminal.
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || c == '\r' || c == '\t') {
                line.append(' ');
              } else if (Character.isISOControl(c)) {
                line.append(String.format("\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.toString().strip();
  }
}
