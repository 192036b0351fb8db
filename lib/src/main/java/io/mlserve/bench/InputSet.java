package io.mlserve.bench;

import java.util.List;
import java.util.Optional;

/**
 * What a file gives to send.
 *
 * @param answers the right ones where the file has them, one for each input
 */
public record InputSet(List<Input> inputs, Optional<List<RightAnswer>> answers) {
  public InputSet {
    inputs = List.copyOf(inputs);
  }
}
