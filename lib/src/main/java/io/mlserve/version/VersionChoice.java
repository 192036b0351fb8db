package io.mlserve.version;

/** How a request says which version is to answer. */
public sealed interface VersionChoice {
  VersionChoice NEWEST = new Newest();

  /** The newest that is able to. */
  record Newest() implements VersionChoice {}

  /** The one with this number. */
  record Specific(long version) implements VersionChoice {}

  /** The one that this label stands for. */
  record Label(String label) implements VersionChoice {}
}
