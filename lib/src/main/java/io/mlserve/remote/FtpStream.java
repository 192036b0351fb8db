package io.mlserve.remote;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.net.ftp.FTPClient;

/**
 * The bytes of an FTP transfer. Their end is believed only when the server confirms it; a stream
 * that is closed before gives its whole connection up, which is the one way that works everywhere.
 */
final class FtpStream extends FilterInputStream {
  private final FtpConnection connection;
  private final FTPClient client;

  private boolean ended;

  FtpStream(InputStream data, FtpConnection connection, FTPClient client) {
    super(data);
    this.connection = connection;
    this.client = client;
  }

  @Override
  public int read() throws IOException {
    int b = ended ? -1 : super.read();
    if (b < 0) {
      end();
    }
    return b;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int n = ended ? -1 : super.read(into, offset, length);
    if (n < 0) {
      end();
    }
    return n;
  }

  private void end() throws IOException {
    if (!ended) {
      ended = true;
      in.close();
      if (!client.completePendingCommand()) {
        String reply = String.valueOf(client.getReplyString()).strip();
        connection.disconnect();
        throw new IOException("the server says '" + reply + "'");
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (!ended) {
      ended = true;
      connection.disconnect();
      in.close();
    }
  }
}
