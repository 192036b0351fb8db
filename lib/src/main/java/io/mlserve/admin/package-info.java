/**
 * What operators may see and ask of a running server, on a listener of its own.
 *
 * <p>Start at {@link io.mlserve.admin.AdminHandler}.
 *
 * <p>What happens then is {@code serving}'s affair; who may come in at all is decided by {@link
 * io.mlserve.admin.Guard}.
 */
@NullMarked
package io.mlserve.admin;

import org.jspecify.annotations.NullMarked;
