package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPReply;
import org.apache.commons.net.ftp.FTPSClient;
import org.jspecify.annotations.Nullable;

/**
 * The control connection of one FTP source: opened when first needed, opened again when the server
 * has closed it in the meantime, and with a time limit on everything.
 *
 * <p>With TLS the server's certificate and host name are checked, and the data connections are
 * encrypted too.
 */
final class FtpConnection implements AutoCloseable {
  private static final int TLS_PORT = 990;

  private final SourceUri root;
  private final SourceOptions options;

  private @Nullable FTPClient client; // null while not connected
  private String home = "/"; // where the login started

  FtpConnection(SourceUri root, SourceOptions options) {
    this.root = root;
    this.options = options;
  }

  /** What is done with a client that is logged in. */
  interface Task<T> {
    T run(FTPClient client) throws IOException;
  }

  /**
   * Runs {@code task}; once more on a new connection if the one at hand turns out to be dead, as it
   * does after the server's idle time. The task may therefore only ask.
   */
  <T> T ask(String what, Task<T> task) {
    FTPClient open = client;
    try {
      if (open != null) {
        try {
          return task.run(open);
        } catch (SocketTimeoutException | ClosedByInterruptException e) {
          throw e;
        } catch (IOException e) {
          disconnect();
        }
      }
      return task.run(connected());
    } catch (IOException e) {
      disconnect();
      throw Failures.of(e, what);
    }
  }

  /** The absolute form of a path of the server. */
  String absolute(String path) {
    if (path.startsWith("/")) {
      return path;
    }
    return path.isEmpty() ? home : (home.endsWith("/") ? home : home + "/") + path;
  }

  private FTPClient connected() throws IOException {
    FTPClient fresh = newClient();
    try {
      fresh.connect(
          host(), root.portOr(root.scheme() == Scheme.FTPS ? TLS_PORT : FTP.DEFAULT_PORT));
      fresh.setSoTimeout((int) options.readTimeout().toMillis());
      if (!FTPReply.isPositiveCompletion(fresh.getReplyCode())) {
        throw failure(fresh, root.toString());
      }
      if (fresh instanceof FTPSClient tls) {
        tls.execPBSZ(0);
        tls.execPROT("P");
      }
      login(fresh);
      fresh.enterLocalPassiveMode();
      String directory = fresh.printWorkingDirectory();
      home = directory == null || directory.isEmpty() ? "/" : directory;
      client = fresh;
      return fresh;
    } catch (IOException | RuntimeException e) {
      disconnect(fresh);
      throw e;
    }
  }

  private FTPClient newClient() {
    boolean implicit = root.scheme() == Scheme.FTPS;
    FTPClient fresh;
    if (implicit || options.ftpTls()) {
      FTPSClient tls = new FTPSClient(implicit, TlsTrust.context(options.caFile()));
      tls.setEndpointCheckingEnabled(true);
      fresh = tls;
    } else {
      fresh = new FTPClient();
    }
    Duration read = options.readTimeout();
    fresh.setSocketFactory(new InterruptibleSockets());
    fresh.setConnectTimeout((int) options.connectTimeout().toMillis());
    fresh.setDefaultTimeout((int) read.toMillis());
    fresh.setDataTimeout(read);
    fresh.setControlEncoding(StandardCharsets.UTF_8.name());
    fresh.setAutodetectUTF8(true);
    fresh.setUseEPSVwithIPv4(true);
    return fresh;
  }

  private String host() {
    return root.host().replaceAll("[\\[\\]]", "");
  }

  private void login(FTPClient fresh) throws IOException {
    Credential.Login login = credential();
    if (Text.hasControls(login.user() + login.password())) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "user or password for " + root + " has a control character");
    }
    if (!fresh.login(login.user(), login.password())) {
      throw fresh.getReplyCode() == FTPReply.NOT_LOGGED_IN
          ? new MlserveException(ErrorCode.UNAUTHENTICATED, root + " refuses the login")
          : failure(fresh, root.toString());
    }
    if (!fresh.setFileType(FTP.BINARY_FILE_TYPE)) {
      throw failure(fresh, root.toString());
    }
  }

  private Credential.Login credential() {
    Credential given =
        options
            .credentials()
            .read()
            .orElseGet(
                () ->
                    new Credential.Login(
                        root.user().orElse("anonymous"), root.password().orElse("mlserve@")));
    if (given instanceof Credential.Login login) {
      return login;
    }
    throw new MlserveException(
        ErrorCode.INVALID_ARGUMENT, root + " takes no token (expected: user and password)");
  }

  /** What the server's last reply means, which is none of success. */
  static MlserveException failure(FTPClient client, String what) {
    int code = client.getReplyCode();
    String reply = client.getReplyString() == null ? "nothing" : client.getReplyString().strip();
    String message = what + " answers '" + reply + "'";
    if (code == FTPReply.FILE_UNAVAILABLE) {
      String text = reply.toLowerCase(Locale.ROOT);
      boolean denied = text.contains("denied") || text.contains("not permitted");
      return new MlserveException(
          denied ? ErrorCode.PERMISSION_DENIED : ErrorCode.NOT_FOUND, message);
    }
    if (code == FTPReply.NOT_LOGGED_IN) {
      return new MlserveException(ErrorCode.UNAUTHENTICATED, message);
    }
    MlserveException failure =
        new MlserveException(
            FTPReply.isNegativePermanent(code) ? ErrorCode.INVALID_ARGUMENT : ErrorCode.UNAVAILABLE,
            message);
    return client instanceof FTPSClient && (code == 425 || code == 522)
        ? failure.withHint("the server may demand TLS session reuse, which is not supported")
        : failure;
  }

  /** Whether the last reply says that the server does not know the command. */
  static boolean isUnknownCommand(FTPClient client) {
    int code = client.getReplyCode();
    return code == FTPReply.UNRECOGNIZED_COMMAND
        || code == FTPReply.COMMAND_NOT_IMPLEMENTED
        || code == FTPReply.COMMAND_NOT_IMPLEMENTED_FOR_PARAMETER;
  }

  /** Drops the connection; the next question opens a new one. */
  void disconnect() {
    FTPClient open = client;
    client = null;
    if (open != null) {
      disconnect(open);
    }
  }

  private static void disconnect(FTPClient open) {
    try {
      open.disconnect();
    } catch (IOException e) {
      // it is gone, one way or the other
    }
  }

  @Override
  public void close() {
    disconnect();
  }
}
