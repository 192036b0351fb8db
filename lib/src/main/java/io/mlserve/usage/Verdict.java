package io.mlserve.usage;

/**
 * Whether a version may be retired.
 *
 * @param reason one clause that says why
 */
public record Verdict(Kind kind, String reason) {
  /** What a verdict comes to. */
  public enum Kind {
    /** Nobody asked for it in all of the window, and that is known. */
    SAFE,
    /** Somebody asks for it, or would get it without asking for it. */
    IN_USE,
    /** Too little is known to say. */
    UNKNOWN
  }
}
