package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.commands.LogOptions;
import io.mlserve.commands.LogOptions.Format;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
  private static final Logger OURS = LoggerFactory.getLogger("io.mlserve.store.Installer");
  private static final Logger OTHERS = LoggerFactory.getLogger("org.apache.hadoop.ipc.Client");

  private final StringWriter err = new StringWriter();

  private void want(boolean quiet, int verbosity, boolean debug, Format format) {
    new Logging()
        .apply(new LogOptions(quiet, verbosity, debug, format), new PrintWriter(err, true));
  }

  @AfterEach
  void quietAgain() {
    want(true, 0, false, Format.TEXT);
  }

  @Test
  void lineHasUtcTimeWithMillisecondsLevelAndName() {
    want(false, 0, false, Format.TEXT);
    OURS.info("version {} is live", 7);
    assertThat(err.toString())
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Installer: version 7 is live\n");
  }

  @Test
  void quietLeavesErrorsOnly() {
    want(true, 0, false, Format.TEXT);
    OURS.warn("unheard");
    OTHERS.warn("unheard");
    OURS.error("heard");
    assertThat(err.toString()).contains("heard").doesNotContain("unheard");
  }

  @Test
  void ordinarilyOursInformAndOthersWarn() {
    want(false, 0, false, Format.TEXT);
    OURS.debug("no");
    OURS.info("yes");
    OTHERS.info("no");
    OTHERS.warn("yes");
    assertThat(err.toString().lines()).hasSize(2).allMatch(line -> line.endsWith("yes"));
  }

  @Test
  void verboseAddsDebugThenTrace() {
    want(false, 1, false, Format.TEXT);
    OURS.debug("one");
    OURS.trace("two");
    assertThat(err.toString()).contains("one").doesNotContain("two");
    want(false, 2, false, Format.TEXT);
    OURS.trace("two");
    assertThat(err.toString()).contains("two");
  }

  @Test
  void nobodyCanForgeALineOrSendEscapes() {
    want(false, 0, false, Format.TEXT);
    OURS.warn("model '{}'", "a\n2026-01-01T00:00:00.000Z INFO  forged\u001b[2J");
    assertThat(err.toString()).hasLineCount(1).contains("\\u001b[2J").doesNotContain("\u001b");
  }

  @Test
  void causesStandInTheLineAndStackTracesOnlyAtDebug() {
    Exception failure = new IllegalStateException("outer", new IOException("inner\nline"));
    want(false, 0, false, Format.TEXT);
    OURS.warn("reload failed", failure);
    assertThat(err.toString())
        .hasLineCount(1)
        .endsWith("reload failed: IllegalStateException outer: IOException inner line\n");
    want(false, 0, true, Format.TEXT);
    OURS.warn("again", failure);
    assertThat(err.toString()).contains("at io.mlserve.cli.LoggingTest");
  }

  @Test
  void jsonLineIsOneObject() {
    want(false, 0, false, Format.JSON);
    OURS.warn("model '{}'", "a\n\"b\"", new IOException("gone"));
    assertThat(err.toString())
        .hasLineCount(1)
        .matches("\\{\"time\":\"[^\"]*Z\",\"level\":\"WARN\",.*\\}\n")
        .contains(
            "\"logger\":\"io.mlserve.store.Installer\"",
            "\"message\":\"model 'a\\n\\\"b\\\"'\"",
            "\"error\":\"IOException gone\"");
  }
}
