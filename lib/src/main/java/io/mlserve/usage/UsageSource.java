package io.mlserve.usage;

/** Something that knows what was asked of versions. */
@FunctionalInterface
public interface UsageSource {
  /**
   * Looks, once. What a part of the source does not answer is a doubt in the survey; a {@code
   * MlserveException} means that the source as a whole gave nothing.
   */
  Survey survey(Window window);
}
