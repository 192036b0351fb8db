package io.mlserve.remote;

/**
 * What a source calls one state of a file: an ETag, or times and sizes where it has nothing better.
 *
 * @param token opaque; a different token means a different state
 * @param strong whether the same token promises the same bytes, so that a download may be continued
 *     in the middle. A weak ETag never does; a time does only when it is old enough that no second
 *     change can hide in the same tick of the clock.
 */
public record Validator(String token, boolean strong) {}
