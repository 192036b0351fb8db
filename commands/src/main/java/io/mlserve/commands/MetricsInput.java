package io.mlserve.commands;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Scrape;
import io.mlserve.metrics.WebClient;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** Metrics in text form, from wherever the user says: a server, a file, or standard input. */
final class MetricsInput {
  static final String STANDARD_INPUT = "-";

  private MetricsInput() {}

  /** What is there. The content type is empty for what is no server. */
  static WebClient.Answer read(CommandSpec spec, String input, Scrape scrape) {
    if (ServerUrl.isUrl(input)) {
      return scrape.answer(ServerUrl.withPath(spec, input, ServerUrl.METRICS));
    }
    return new WebClient.Answer(200, "", text(input));
  }

  /** The content of a file, or of standard input. */
  static String text(String input) {
    try {
      return input.equals(STANDARD_INPUT) ? standardInput() : Files.readString(Path.of(input));
    } catch (NoSuchFileException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, input + ": no such file", e);
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + input, e);
    }
  }

  private static String standardInput() throws IOException {
    try (FileInputStream in = new FileInputStream(FileDescriptor.in)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
