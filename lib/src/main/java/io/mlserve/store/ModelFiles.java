package io.mlserve.store;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * One version of a model on disk.
 *
 * @param version the number that its folder's name carries, if it does
 * @param model the ONNX file, its real path: no later swap of a pointer changes what it names
 */
public record ModelFiles(OptionalLong version, Path model) {}
