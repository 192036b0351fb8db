/**
 * Which versions of a model should be loaded, and which one a request means: pure decisions.
 *
 * <p>Start at {@link io.mlserve.version.VersionPolicy}, which chooses among the versions that lie
 * there, and {@link io.mlserve.version.VersionPlan}, which says what to do next.
 *
 * <p>Loading itself belongs to {@code serving}; finding versions on disk to {@code store}.
 */
@NullMarked
package io.mlserve.version;

import org.jspecify.annotations.NullMarked;
