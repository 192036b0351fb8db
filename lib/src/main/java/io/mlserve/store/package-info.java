/**
 * A model on local disk: its layouts, its timestamp file, and how a new version gets there.
 *
 * <p>Two halves meet here. The server starts at {@link io.mlserve.store.ModelFolder} and only
 * reads. The delivery side writes: versions are immutable folders, the served name is a pointer to
 * one of them, and the timestamp file is touched last.
 *
 * <p>Running a model belongs to {@code runtime}; fetching one to {@code remote}.
 */
@NullMarked
package io.mlserve.store;

import org.jspecify.annotations.NullMarked;
