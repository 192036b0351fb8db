package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the right kind of {@link ModelSource} for a {@link SourceUri}. */
public final class ModelSources {
  private ModelSources() {}

  /** Connects to nothing yet. The caller closes it. */
  public static ModelSource open(SourceUri uri, SourceOptions options) {
    return switch (uri.scheme()) {
      case FILE -> new FileSource(Path.of(uri.path()));
      case HTTP, HTTPS -> new HttpSource(uri, options);
      case FTP, FTPS -> new FtpSource(uri, options);
      case HDFS, WEBHDFS, SWEBHDFS, AFS -> hadoop(uri, options);
    };
  }

  // The library takes half a second to load: only HdfsSource mentions it, and only here is it made.
  private static ModelSource hadoop(SourceUri uri, SourceOptions options) {
    Optional<Path> command = options.hadoop().command();
    if (command.isPresent()) {
      return new HadoopCommandSource(uri, options, command.get());
    }
    if (uri.scheme() == Scheme.AFS) {
      throw new MlserveException(
              ErrorCode.INVALID_ARGUMENT, uri + " (expected: a hadoop program that knows afs)")
          .withHint("name its hadoop program");
    }
    return new HdfsSource(uri, options);
  }
}
