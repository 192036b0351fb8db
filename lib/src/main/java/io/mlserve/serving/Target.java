package io.mlserve.serving;

import io.mlserve.version.VersionChoice;

/**
 * Whom a request is for.
 *
 * @param model as the client wrote it: it need not be anybody's name
 */
public record Target(String model, VersionChoice version) {}
