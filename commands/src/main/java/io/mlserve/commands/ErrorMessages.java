package io.mlserve.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line: one line, the offending word, what was expected. */
final class ErrorMessages {
  private static final Map<Class<?>, String> EXPECTED =
      Map.ofEntries(
          Map.entry(int.class, "a whole number"),
          Map.entry(Integer.class, "a whole number"),
          Map.entry(long.class, "a whole number"),
          Map.entry(Long.class, "a whole number"),
          Map.entry(float.class, "a number"),
          Map.entry(Float.class, "a number"),
          Map.entry(double.class, "a number"),
          Map.entry(Double.class, "a number"),
          Map.entry(boolean.class, "true or false"),
          Map.entry(Boolean.class, "true or false"));

  private ErrorMessages() {}

  /** A message, and what the user may do about it. */
  record Explained(String message, String hint) {}

  static Explained explain(ParameterException failure) {
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    String help = "see '" + command.qualifiedName() + " --help'";
    if (failure instanceof UnmatchedArgumentException unmatched) {
      return unmatched(command, unmatched.getUnmatched().get(0), help);
    }
    if (failure instanceof MissingParameterException missing) {
      return new Explained(missing(missing), help);
    }
    ArgSpec argument = failure.getArgSpec();
    String value = failure.getValue();
    if (argument != null && value != null) {
      String name =
          argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
      return new Explained(name + ": " + invalidValue(argument, value, failure), help);
    }
    return new Explained(String.valueOf(failure.getMessage()), help);
  }

  private static Explained unmatched(CommandSpec command, String word, String help) {
    if (word.startsWith("-") && word.length() > 1) {
      String name = word.replaceFirst("=.*", "");
      List<String> known = new ArrayList<>(command.optionsMap().keySet());
      return new Explained("unknown option '" + name + "'", meant(name, known).orElse(help));
    }
    if (command.subcommands().isEmpty()) {
      return new Explained("unexpected argument '" + word + "'", help);
    }
    List<String> known = new ArrayList<>(command.subcommands().keySet());
    return new Explained("unknown command '" + word + "'", meant(word, known).orElse(help));
  }

  private static Optional<String> meant(String word, List<String> known) {
    return Suggestions.closest(word, known).map(k -> "did you mean '" + k + "'?");
  }

  private static String missing(MissingParameterException failure) {
    List<ArgSpec> missing = failure.getMissing();
    boolean valueless = String.valueOf(failure.getMessage()).contains("required parameter for ");
    if (valueless && missing.size() == 1 && missing.get(0) instanceof OptionSpec option) {
      return "option " + option.longestName() + " needs a value";
    }
    String names =
        missing.stream()
            .map(a -> a instanceof OptionSpec o ? "option " + o.longestName() : a.paramLabel())
            .collect(Collectors.joining(" and "));
    return names + (missing.size() == 1 ? " is missing" : " are missing");
  }

  /** {@code 'x' (expected: ...)} for a value that could not be converted. */
  static String invalidValue(ArgSpec argument, String value, ParameterException failure) {
    @Nullable String expected = EXPECTED.get(type(argument));
    if (type(argument).isEnum() || argument.completionCandidates() != null) {
      List<String> words = new ArrayList<>();
      argument.completionCandidates().forEach(words::add);
      expected = Words.or(words);
    }
    if (expected != null) {
      return "'%s' (expected: %s)".formatted(value, expected);
    }
    // our own converters write the whole sentence; picocli puts the name of the option before it
    String message = String.valueOf(failure.getMessage());
    int quoted = message.indexOf("'" + value + "'", Math.max(0, message.indexOf("': ")));
    return quoted < 0 ? message : message.substring(quoted);
  }

  private static Class<?> type(ArgSpec argument) {
    Class<?>[] inner = argument.typeInfo().getAuxiliaryTypes();
    return inner.length > 0 ? inner[inner.length - 1] : argument.type();
  }
}
