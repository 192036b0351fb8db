package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A command line of which only a part was built looks like the whole. */
class SubcommandsTest {
  private static CommandLine whole() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return CommandLines.create(nowhere, nowhere);
  }

  private static CommandLine named(String... arguments) {
    return Subcommands.addNamed(new CommandLine(new MlserveCommand()), arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h"})
  void helpListsTheSameCommands(String option) {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out, true);

    int status = CommandLines.run(writer, writer, LogSetup.NONE, option);

    assertThat(status).isZero();
    assertThat(out).hasToString(whole().getUsageMessage());
  }

  @Test
  void eachNamedCommandHasAllItsOptionsAndTheOthersHaveNone() {
    for (Map.Entry<String, CommandLine> command : whole().getSubcommands().entrySet()) {
      Map<String, CommandLine> built = named(command.getKey(), "--x").getSubcommands();

      assertThat(built.keySet()).isEqualTo(whole().getSubcommands().keySet());
      assertThat(options(Objects.requireNonNull(built.get(command.getKey()))))
          .isEqualTo(options(command.getValue()));
      if (!command.getKey().equals("help")) {
        assertThat(
                built.entrySet().stream()
                    .filter(b -> !b.getKey().equals(command.getKey()))
                    .flatMap(b -> options(b.getValue()).stream()))
            .isEmpty();
      }
    }
  }

  @Test
  void aCommandBehindAnOptionIsFoundByParsing() {
    CommandLine line = named("--settings", "unpack", "pull");

    assertThat(options(Objects.requireNonNull(line.getSubcommands().get("pull"))))
        .contains("--sha256");
  }

  private static List<String> options(CommandLine line) {
    return List.copyOf(line.getCommandSpec().optionsMap().keySet());
  }
}
