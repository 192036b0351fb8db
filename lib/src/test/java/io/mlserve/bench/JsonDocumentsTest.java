package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.MlserveException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonDocumentsTest {
  @Test
  void documentOverManyLinesIsOne() {
    assertThat(cut("{\n \"instances\":\n [1]}\n")).hasSize(1);
  }

  @Test
  void everyLineIsADocumentAndBlankOnesDoNotCount() {
    assertThat(cut("{\"a\": 1}\n\n{\"a\": 2}\r\n{\"a\": NaN}"))
        .extracting(String::strip)
        .containsExactly("{\"a\": 1}", "{\"a\": 2}", "{\"a\": NaN}");
  }

  @Test
  void lineThatIsNotJsonIsNamed() {
    assertThatThrownBy(() -> cut("{\"a\": 1}\n{\"a\": \n"))
        .isInstanceOf(MlserveException.class)
        .hasMessageStartingWith("in.json line 2: not JSON");
  }

  @Test
  void emptyFileIsRefused() {
    assertThatThrownBy(() -> cut(" \n")).hasMessageStartingWith("in.json: empty");
  }

  private static List<String> cut(String text) {
    return JsonDocuments.cut("in.json", text.getBytes(StandardCharsets.UTF_8)).stream()
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .toList();
  }
}
