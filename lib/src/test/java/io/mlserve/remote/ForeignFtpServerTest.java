package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract against the FTP servers that are in the field. Skipped where they are not installed,
 * and where they cannot be started, which for anonymous logins takes the rights of root.
 */
class ForeignFtpServerTest {
  private static final SourceOptions OPTIONS =
      SourceOptions.DEFAULTS
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5))
          .withEnvironment(Map.of());

  /** A server in a process of its own, over a folder that everybody may read. */
  private abstract static class Server implements ModelSourceContract {
    @TempDir Path work;
    private Path published;
    private int port;
    private Process process;

    abstract String program();

    /** Arguments of the program for this configuration, which it writes below {@link #work}. */
    abstract List<String> configure(Path folder, int atPort) throws IOException;

    @BeforeEach
    void start() throws Exception {
      Optional<Path> found = installed(program());
      assumeTrue(found.isPresent(), program() + " is not installed");
      assumeTrue("root".equals(System.getProperty("user.name")), program() + " needs root here");
      Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
      published = Files.createDirectory(work.resolve("published"));
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      List<String> command =
          Stream.concat(Stream.of(found.get().toString()), configure(published, port).stream())
              .toList();
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(work.resolve("log").toFile())
              .start();
      Awaitility.await(program())
          .atMost(Duration.ofSeconds(20))
          .failFast(program() + " ended", () -> !process.isAlive())
          .ignoreExceptions()
          .until(
              () -> {
                try (ModelSource source = open()) {
                  return source.stat("").isPresent();
                }
              });
    }

    private static Optional<Path> installed(String program) {
      String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
      return Stream.of(path.split(File.pathSeparator, -1))
          .map(folder -> Path.of(folder, program))
          .filter(Files::isExecutable)
          .findFirst();
    }

    @AfterEach
    void stop() throws InterruptedException {
      if (process != null) {
        List<ProcessHandle> sessions = process.descendants().toList();
        process.destroy();
        sessions.forEach(ProcessHandle::destroy);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      }
    }

    @Override
    public void publish(String path, byte[] bytes) {
      try {
        Path file = published.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public ModelSource open() {
      return openAt("");
    }

    @Override
    public ModelSource openAt(String path) {
      return ModelSources.open(
          SourceUri.of(Scheme.FTP, "127.0.0.1", port, "/").resolve(path), OPTIONS);
    }

    @Test
    void streamThatIsClosedEarlyHarmsNothing() throws IOException {
      publish("a", new byte[3_000_000]);
      try (ModelSource source = open()) {
        try (RemoteStream stream = source.open("a", 0, Optional.empty())) {
          assertThat(stream.bytes().read()).isZero();
        }
        assertThat(read(source, "a")).hasSize(3_000_000);
      }
    }
  }

  @Nested
  class Proftpd extends Server {
    @Override
    String program() {
      return "proftpd";
    }

    @Override
    List<String> configure(Path folder, int atPort) throws IOException {
      Path file = work.resolve("proftpd.conf");
      String text =
          """
          ServerType standalone
          ServerName test
          DefaultAddress 127.0.0.1
          SocketBindTight on
          Port %d
          User daemon
          Group daemon
          UseReverseDNS off
          AuthOrder mod_auth_file.c
          AuthUserFile %s
          RequireValidShell off
          PidFile %s
          ScoreboardFile %s
          SystemLog %s
          WtmpLog off
          TransferLog none
          UseIPv6 off
          MaxInstances 30
          TimesGMT on
          AllowRetrieveRestart on
          DelayEngine off
          <Anonymous %s>
            User daemon
            Group daemon
            UserAlias anonymous daemon
            AnonRequirePassword off
            RequireValidShell off
          </Anonymous>
          """
              .formatted(
                  atPort,
                  Files.writeString(
                      work.resolve("passwd"), "daemon:x:1:1::" + folder + ":/bin/false\n"),
                  work.resolve("pid"),
                  work.resolve("scoreboard"),
                  work.resolve("system.log"),
                  folder);
      Files.setPosixFilePermissions(
          work.resolve("passwd"), PosixFilePermissions.fromString("rw-------"));
      Files.writeString(file, text);
      return List.of("-n", "-c", file.toString());
    }
  }

  @Nested
  class Vsftpd extends Server {
    @Override
    String program() {
      return "vsftpd";
    }

    @Override
    List<String> configure(Path folder, int atPort) throws IOException {
      Path file = work.resolve("vsftpd.conf");
      Path empty = Files.createDirectory(work.resolve("empty"));
      String text =
          """
          listen=YES
          listen_address=127.0.0.1
          listen_port=%d
          background=NO
          anonymous_enable=YES
          no_anon_password=YES
          local_enable=NO
          ftp_username=daemon
          anon_root=%s
          secure_chroot_dir=%s
          seccomp_sandbox=NO
          xferlog_enable=NO
          """
              .formatted(atPort, folder, empty);
      Files.writeString(file, text);
      return List.of(file.toString());
    }
  }
}
