package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPClientConfig;
import org.apache.commons.net.ftp.FTPFile;
import org.apache.commons.net.ftp.FTPReply;

/**
 * The children of an FTP folder: by MLSD, whose lines are made for programs, or by LIST where the
 * server knows nothing better. A line of LIST that cannot be understood is a failure, not a file
 * less.
 */
final class FtpListing {
  private FtpListing() {}

  /** By name; {@code NOT_FOUND} if there is no folder {@code path}, which is absolute. */
  static Map<String, RemoteEntry> read(FTPClient client, String path, String what)
      throws IOException {
    // LIST takes a name with a blank or a star for something else: go there and name nothing
    if (!FTPReply.isPositiveCompletion(client.cwd(path))) {
      throw FtpConnection.failure(client, what);
    }
    FTPClientConfig config = new FTPClientConfig(FTPClientConfig.SYST_UNIX);
    config.setUnparseableEntries(true);
    client.configure(config);
    if (client.hasFeature("MLST") || client.hasFeature("MLSD")) {
      FTPFile[] files = client.mlistDir();
      if (FTPReply.isPositiveCompletion(client.getReplyCode())) {
        return entries(files, what);
      }
      if (!FtpConnection.isUnknownCommand(client)) {
        throw FtpConnection.failure(client, what);
      }
    }
    FTPFile[] files = client.listFiles();
    if (!FTPReply.isPositiveCompletion(client.getReplyCode())) {
      throw FtpConnection.failure(client, what);
    }
    return entries(files, what);
  }

  private static Map<String, RemoteEntry> entries(FTPFile[] files, String what) {
    Map<String, RemoteEntry> entries = new TreeMap<>();
    for (FTPFile file : files) {
      String raw = String.valueOf(file.getRawListing());
      if (!isNoChild(file, raw)) {
        if (!file.isValid()) {
          throw new MlserveException(
              ErrorCode.DATA_LOSS, what + " lists '" + raw + "', which cannot be understood");
        }
        String name = RemotePath.checkName(file.getName(), what);
        entries.put(name, entry(name, file));
      }
    }
    return entries;
  }

  private static boolean isNoChild(FTPFile file, String raw) {
    String facts = raw.substring(0, Math.max(0, raw.indexOf(' '))).toLowerCase(Locale.ROOT);
    boolean self = facts.contains("type=cdir") || facts.contains("type=pdir");
    boolean header = !file.isValid() && (raw.isBlank() || raw.matches("total [0-9]+\\s*"));
    return self || header || ".".equals(file.getName()) || "..".equals(file.getName());
  }

  // No validator: the time may be coarser here than the one that stat gives.
  private static RemoteEntry entry(String name, FTPFile file) {
    return file.isDirectory()
        ? RemoteEntry.folder(name)
        : new RemoteEntry(
            name,
            false,
            file.isFile() && file.getSize() >= 0
                ? OptionalLong.of(file.getSize())
                : OptionalLong.empty(),
            Optional.ofNullable(file.getTimestampInstant()),
            Optional.empty());
  }
}
