package io.mlserve.runtime;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/**
 * The native part of ONNX Runtime, which its jar holds compressed. Left there, every process
 * unpacks 28 MB before it can run a model; unpacked once to a folder that the system property
 * {@code onnxruntime.native.path} names, processes share it.
 */
public final class NativeLibraries {
  private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");

  private NativeLibraries() {}

  /** Writes those for this machine into {@code folder}; returns false if there are none for it. */
  public static boolean unpack(Path folder) throws IOException {
    String arch = System.getProperty("os.arch", "").replace("amd64", "x64");
    boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    boolean all = linux;
    for (String name : NAMES) {
      String file = System.mapLibraryName(name);
      String packed = "/ai/onnxruntime/native/linux-" + arch + "/" + file;
      try (InputStream in = OrtEnvironment.class.getResourceAsStream(packed)) {
        if (in == null || !linux) {
          all = false;
        } else {
          Files.createDirectories(folder);
          Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return all;
  }
}
