package io.mlserve.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.ReadOnlyFileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskFailureTest {
  private static String message(String what, IOException failure) {
    return DiskFailure.of(what, failure).message();
  }

  private static ErrorCode code(IOException failure) {
    return DiskFailure.of("cannot write f", failure).code();
  }

  @ParameterizedTest
  @CsvSource({
    "No space left on device, RESOURCE_EXHAUSTED",
    "Disk quota exceeded, RESOURCE_EXHAUSTED",
    "File too large, RESOURCE_EXHAUSTED",
    "Read-only file system, PERMISSION_DENIED",
    "Operation not permitted, PERMISSION_DENIED",
    "File name too long, INVALID_ARGUMENT",
    "Is a directory, INVALID_ARGUMENT",
    "Input/output error, UNAVAILABLE"
  })
  void wordsOfTheSystemHaveACode(String words, ErrorCode expected) {
    assertThat(code(new IOException(words))).isEqualTo(expected);
    assertThat(code(new FileSystemException("/a", null, words))).isEqualTo(expected);
  }

  @Test
  void typesHaveACode() {
    assertThat(code(new AccessDeniedException("/a"))).isEqualTo(ErrorCode.PERMISSION_DENIED);
    assertThat(code(new IOException(new ReadOnlyFileSystemException())))
        .isEqualTo(ErrorCode.PERMISSION_DENIED);
    assertThat(code(new ClosedByInterruptException())).isEqualTo(ErrorCode.ABORTED);
  }

  @Test
  void messageNamesTheFileOnce() {
    assertThat(message("cannot read /m/x", new NoSuchFileException("/m/x")))
        .isEqualTo("cannot read /m/x: no such file");
    assertThat(message("cannot install m", new AccessDeniedException("/m/x")))
        .isEqualTo("cannot install m: /m/x: permission denied");
  }

  @Test
  void messageLeavesOutNamesThatMayDeceive() {
    assertThat(message("cannot write 'a'", new NoSuchFileException("/a\u202e\n")))
        .isEqualTo("cannot write 'a': no such file");
  }

  @Test
  void failureWithoutWordsNamesItsType() {
    assertThat(message("cannot read f", new IOException())).isEqualTo("cannot read f: IOException");
  }
}
