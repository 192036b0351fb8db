package io.mlserve.protocol.oip;

import io.mlserve.model.InferRequest;
import io.mlserve.model.Tensor;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An inference request.
 *
 * @param id to be repeated in the answer
 * @param inputs by name, in the order of the signature; valid as long as the memory they were read
 *     into
 * @param outputs in the order in which they go into the answer
 * @param timeout after which the client does not want the answer any more, from its arrival
 */
record OipRestRequest(
    Optional<String> id,
    Map<String, Tensor> inputs,
    List<Wanted> outputs,
    Optional<Duration> timeout) {

  /**
   * One output.
   *
   * @param binary whether it comes as bytes, not as JSON
   * @param classes if not 0, so many of its largest elements are wanted instead of all
   */
  record Wanted(String name, boolean binary, int classes) {}

  InferRequest toInferRequest() {
    Set<String> names = new LinkedHashSet<>();
    outputs.forEach(output -> names.add(output.name()));
    return new InferRequest(inputs, names);
  }
}
