/**
 * What a model is to those who call it: its name, its signature, tensors, a request and a response.
 *
 * <p>Start at {@link io.mlserve.model.Signature}. Values are immutable, except that a {@link
 * io.mlserve.model.Tensor} is a view of memory that its maker owns.
 *
 * <p>Nothing here runs a model ({@code runtime}), finds one on disk ({@code store}) or speaks a
 * protocol ({@code protocol.*}).
 */
@NullMarked
package io.mlserve.model;

import org.jspecify.annotations.NullMarked;
