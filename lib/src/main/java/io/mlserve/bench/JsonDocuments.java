package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts a file into JSON documents: one document, or one per line (NDJSON). */
public final class JsonDocuments {
  private JsonDocuments() {}

  /**
   * The documents in {@code bytes}, each as it stands there. Blank lines do not count.
   *
   * @param name what to call the source in a message
   */
  public static List<byte[]> cut(String name, byte[] bytes) {
    if (JsonReader.isOneDocument(bytes)) {
      return List.of(bytes.clone());
    }
    List<byte[]> documents = new ArrayList<>();
    int lineNumber = 0;
    int start = 0;
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      lineNumber++;
      byte[] line = Arrays.copyOfRange(bytes, start, end);
      if (!isBlank(line)) {
        value(name + " line " + lineNumber, line); // says what is wrong with it, if anything
        documents.add(line);
      }
      start = end + 1;
    }
    if (documents.isEmpty()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, name + ": empty (expected: a JSON document, or one a line)");
    }
    return documents;
  }

  /** The document in {@code bytes}, which is called {@code name} in a message. */
  public static JsonValue value(String name, byte[] bytes) {
    try {
      return JsonReader.read(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, name + ": not JSON: " + JsonReader.reason(e), e);
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
