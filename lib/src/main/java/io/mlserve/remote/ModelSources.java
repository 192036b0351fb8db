package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.nio.file.Path;

/** Opens the right kind of {@link ModelSource} for a {@link SourceUri}. */
public final class ModelSources {
  private ModelSources() {}

  /** Connects to nothing yet. The caller closes it. */
  public static ModelSource open(SourceUri uri, SourceOptions options) {
    return switch (uri.scheme()) {
      case FILE -> new FileSource(Path.of(uri.path()));
      case HTTP, HTTPS -> new HttpSource(uri, options);
      case FTP, FTPS, HDFS, WEBHDFS, SWEBHDFS, AFS ->
          throw new MlserveException(
              ErrorCode.UNIMPLEMENTED, uri.scheme().text() + " sources are not built yet");
    };
  }
}
