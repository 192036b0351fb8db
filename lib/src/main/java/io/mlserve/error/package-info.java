/**
 * Why something failed, in the field's words.
 *
 * <p>Start at {@link io.mlserve.error.ErrorCode}. Every failure that a user can cause or cure
 * leaves the library as a {@link io.mlserve.error.MlserveException}; a bug stays what it is, an
 * {@code IllegalStateException} or whatever the runtime throws. {@link
 * io.mlserve.error.DiskFailure} translates what the local disk reports.
 *
 * <p>How a code becomes an exit status, an HTTP status or a gRPC status is the business of each
 * front end: nothing here knows them.
 */
@NullMarked
package io.mlserve.error;

import org.jspecify.annotations.NullMarked;
