package io.mlserve.usage;

import java.util.List;

/**
 * What one source told about all versions that it knows.
 *
 * @param doubts why any of them may have had traffic that it does not show: a server that did not
 *     answer, say
 */
public record Survey(List<Evidence> versions, List<String> doubts) {
  public Survey {
    versions = List.copyOf(versions);
    doubts = List.copyOf(doubts);
  }
}
