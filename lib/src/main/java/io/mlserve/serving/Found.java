package io.mlserve.serving;

import io.mlserve.error.MlserveException;

/** What the model and version that a request names led to. */
public sealed interface Found {
  /** A version that can answer; whoever asked closes the lease. */
  record Leased(Lease<Servable> lease) implements Found {}

  /**
   * Nothing that can answer, and why.
   *
   * @param remark what may help whoever asked, to go after the dialect's own words; may be empty
   */
  record Absent(Absence why, String remark) implements Found {
    Absent(Absence why) {
      this(why, "");
    }

    /** What a dialect says of it, with the remark. */
    MlserveException remarkOn(MlserveException said) {
      return remark.isEmpty() ? said : new MlserveException(said.code(), said.message() + remark);
    }
  }

  /** Why nothing can answer a request. Each dialect has its own words and codes for these. */
  enum Absence {
    /** No model is called so. */
    UNKNOWN_MODEL,
    /** The model is there, but no version of it can answer now. */
    NO_VERSION,
    /** The model never had, or does not have any more, a version of that number. */
    UNKNOWN_VERSION,
    /** That version is loading or unloading, or failed to load. */
    VERSION_NOT_READY,
    /** The model has no label of that name. */
    UNKNOWN_LABEL,
    /** The label waits for its version to be loaded. */
    LABEL_PENDING
  }
}
