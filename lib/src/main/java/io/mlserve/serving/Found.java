package io.mlserve.serving;

/** What the model and version that a request names led to. */
public sealed interface Found {
  /** A version that can answer; whoever asked closes the lease. */
  record Leased(Lease<Servable> lease) implements Found {}

  /** Nothing that can answer, and why. */
  record Absent(Absence why) implements Found {}

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
