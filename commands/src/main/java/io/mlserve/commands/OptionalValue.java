package io.mlserve.commands;

import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.PicocliException;
import picocli.CommandLine.TypeConversionException;

/**
 * Lets an option stand without its value before the address: picocli alone would take {@code
 * http://...} for the value.
 */
final class OptionalValue implements IParameterConsumer {
  @Override
  @SuppressWarnings("JdkObsolete") // picocli's choice
  public void consumeParameters(Stack<String> left, ArgSpec argument, CommandSpec command) {
    boolean has = !left.isEmpty() && isValue(left.peek(), command);
    String text = has ? left.pop() : fallback(argument);
    argument.setValue(convert(argument, command, text));
  }

  private static boolean isValue(String word, CommandSpec command) {
    boolean option = word.startsWith("-") && word.length() > 1;
    return !option
        && !word.contains("://")
        && !word.startsWith("inproc:")
        && !command.subcommands().containsKey(word);
  }

  private static String fallback(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.fallbackValue() : "";
  }

  private static Object convert(ArgSpec argument, CommandSpec command, String text) {
    CommandLine line = command.commandLine();
    try {
      return Optional.of(argument.converters()[0].convert(text));
    } catch (TypeConversionException e) {
      throw new ParameterException(
          line,
          "Invalid value for option '%s': %s"
              .formatted(((OptionSpec) argument).longestName(), e.getMessage()),
          argument,
          text);
    } catch (Exception e) {
      throw new PicocliException("converter of " + argument, e);
    }
  }
}
