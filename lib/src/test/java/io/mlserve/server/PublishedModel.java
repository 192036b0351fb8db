package io.mlserve.server;

import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A model folder the way monitor leaves it: a link to an immutable version folder, and a timestamp
 * file that is written last.
 */
final class PublishedModel {
  private final Path link;
  private int count;

  PublishedModel(Path link) {
    this.link = link;
  }

  Path path() {
    return link;
  }

  /** Makes {@code model} the next version; returns its number. */
  int publish(Payload model) {
    try {
      count++;
      Path folder = link.resolveSibling(".versions").resolve(link.getFileName() + "/" + count);
      Models.write(model, folder.resolve("model.onnx"));
      Path next = link.resolveSibling("." + link.getFileName() + ".next");
      Files.deleteIfExists(next);
      Files.createSymbolicLink(next, Path.of(".versions", link.getFileName() + "/" + count));
      Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
      touch();
      return count;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Announces what lies there. */
  void touch() throws IOException {
    Path partial = link.resolve(".stamp");
    Files.writeString(partial, "touch " + System.nanoTime());
    Files.move(partial, link.resolve("fluid_time_file"), StandardCopyOption.ATOMIC_MOVE);
  }
}
