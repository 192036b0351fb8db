/**
 * Unpacking archives without being attacked, and without believing them.
 *
 * <p>Start at {@link io.mlserve.archive.Unpacker}. It finds out what the bytes are ({@code
 * Format}), reads members one after another ({@code TarReader}, {@code ZipReader}), lets each
 * through one gate that knows all rules and limits ({@code Gate}, {@link
 * io.mlserve.archive.EntryPath}, {@link io.mlserve.archive.UnpackLimits}), writes what passes into
 * a staging folder and renames that folder when the whole archive was read to its last byte and
 * checked.
 *
 * <p>Fetching an archive belongs to {@code remote}; deciding where a new version of a model lives
 * and whether it is a model at all, to {@code store}.
 */
@NullMarked
package io.mlserve.archive;

import org.jspecify.annotations.NullMarked;
