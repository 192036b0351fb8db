package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.List;

/**
 * The right answers of one version of a model: one for each input, in the order of the inputs.
 *
 * @param name what reports call it, usually the name of its file
 */
public record Expectation(String name, List<RightAnswer> answers) {
  public Expectation {
    answers = List.copyOf(answers);
  }

  /**
   * Reads one answer as a JSON document, or one a line.
   *
   * @param inputs how many answers there must be
   */
  public static Expectation parse(String name, byte[] bytes, int inputs) {
    List<byte[]> documents = JsonDocuments.cut(name, bytes);
    if (documents.size() != inputs) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "%s: %d answers (expected: %d, one for each input)"
              .formatted(name, documents.size(), inputs));
    }
    return new Expectation(
        name,
        documents.stream()
            .<RightAnswer>map(
                document -> new RightAnswer.Document(JsonDocuments.value(name, document)))
            .toList());
  }

  /** Whether nothing tells this one from {@code other}. */
  boolean isSameAs(Expectation other, Tolerance tolerance) {
    for (int i = 0; i < answers.size(); i++) {
      if (!answers.get(i).agrees(other.answers.get(i), tolerance)) {
        return false;
      }
    }
    return true;
  }
}
