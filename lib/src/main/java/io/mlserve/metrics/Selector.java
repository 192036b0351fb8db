package io.mlserve.metrics;

/**
 * How a request said which version it wants. Requests that name none, or a label, go elsewhere by
 * themselves when a version goes; those that name a version break.
 */
public enum Selector {
  /** It named none. */
  DEFAULT("default"),
  /** By a label, such as {@code stable}. */
  LABEL("label"),
  /** By its number. */
  VERSION("version");

  static final int COUNT = values().length;

  private final String label;

  Selector(String label) {
    this.label = label;
  }

  /** How it is called in metrics. */
  public String label() {
    return label;
  }
}
