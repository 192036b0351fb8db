package io.mlserve.commands;

import io.mlserve.bench.LoadPlan;
import io.mlserve.bench.ServedModel;
import io.mlserve.bench.Target;

/**
 * What a printer of a bench report needs besides the report.
 *
 * @param input as the user gave it: a file name, {@code random} or {@code zeros}
 */
record BenchContext(
    Target target, ServedModel served, String input, long seed, LoadPlan plan, int exitStatus) {
  /** The wire format in use; later ones stand beside it. */
  static final String API = "tfs-rest";

  /** Whether inputs came from the seed. */
  boolean isRandom() {
    return input.equals("random");
  }
}
