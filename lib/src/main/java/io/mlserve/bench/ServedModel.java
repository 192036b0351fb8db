package io.mlserve.bench;

import java.util.Optional;

/**
 * What the server says about the model before the load begins.
 *
 * @param version the newest version that is available; empty when the server names none
 */
public record ServedModel(Optional<String> version) {}
