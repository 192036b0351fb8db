package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.assertCode;
import static io.mlserve.remote.ModelSourceContract.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.fixtures.net.FaultyTcpProxy;
import io.mlserve.fixtures.net.HdfsFixture;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that needs an HDFS, which starts once. */
class HdfsSourceTest {
  private static final SourceOptions OPTIONS =
      SourceOptions.DEFAULTS
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10))
          .withEnvironment(Map.of());
  private static final AtomicInteger trees = new AtomicInteger();

  private static HdfsFixture server;
  private static HadoopFiles writer;

  @BeforeAll
  static void start() {
    server = HdfsFixture.start();
    writer = new HadoopFiles(SourceUri.parse(server.uri().toString()), OPTIONS);
  }

  @AfterAll
  static void stop() {
    writer.close();
    server.close();
  }

  private static void write(String path, byte[] bytes) {
    RetryPolicy once = // another test has restarted the server
        new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(30));
    new Retry(once)
        .call(
            number -> {
              try (OutputStream out =
                  writer.get().create(new org.apache.hadoop.fs.Path(null, null, path))) {
                out.write(bytes);
                return path;
              } catch (IOException e) {
                throw Failures.of(e, path);
              }
            });
  }

  /** The contract, over one of the two protocols. */
  private abstract static class Protocol implements ModelSourceContract {
    private final String tree = "/tree" + trees.incrementAndGet();

    abstract URI uri();

    @Override
    public void publish(String path, byte[] bytes) {
      write(tree + "/" + path, bytes);
    }

    @Override
    public ModelSource open() {
      return openAt("");
    }

    @Override
    public ModelSource openAt(String path) {
      return ModelSources.open(
          SourceUri.parse(uri().toString()).resolve(tree).resolve(path), OPTIONS);
    }

    @Test
    void whatOnlyOthersMayReadIsDenied() throws IOException {
      publish("secret", TEXT);
      FileSystem files = writer.get();
      files.setPermission(
          new org.apache.hadoop.fs.Path(tree + "/secret"), new FsPermission((short) 0600));
      SourceOptions stranger =
          OPTIONS.withHadoop(HadoopOptions.DEFAULTS.withUgi("stranger,password"));
      try (ModelSource source =
          ModelSources.open(SourceUri.parse(uri().toString()).resolve(tree), stranger)) {
        assertThat(source.stat("secret")).isPresent();
        assertCode(ErrorCode.PERMISSION_DENIED, () -> read(source, "secret"));
      }
      try (ModelSource source = open()) {
        assertThat(read(source, "secret")).isEqualTo(TEXT);
      }
    }

    @Test
    void serverThatIsDownIsUnavailableAndNotAbsent() {
      publish("donefile", TEXT);
      try (ModelSource source = open()) {
        DoneMark before = DoneMark.read(source, "donefile").orElseThrow();
        server.stopNameNode();
        try {
          assertCode(ErrorCode.UNAVAILABLE, () -> source.stat("donefile"));
          assertCode(ErrorCode.UNAVAILABLE, () -> DoneMark.read(source, "donefile"));
          assertCode(ErrorCode.UNAVAILABLE, () -> source.list(""));
        } finally {
          server.startNameNode();
        }
        RetryPolicy patient =
            new RetryPolicy(
                50, Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(30));
        Optional<DoneMark> after = new Retry(patient).call(n -> DoneMark.read(source, "donefile"));
        assertThat(after).contains(before);
      }
    }

    @Test
    void silentServerEndsAtTheTimeLimit() throws IOException {
      try (ServerSocket silent = new ServerSocket(0)) {
        SourceUri uri =
            SourceUri.of(
                SourceUri.parse(uri().toString()).scheme(),
                "127.0.0.1",
                silent.getLocalPort(),
                "/x");
        SourceOptions impatient =
            OPTIONS.withTimeouts(Duration.ofMillis(500), Duration.ofMillis(500));
        try (ModelSource source = ModelSources.open(uri, impatient)) {
          long start = System.nanoTime();
          assertCode(ErrorCode.DEADLINE_EXCEEDED, () -> source.stat("a"));
          assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
      }
    }
  }

  @Nested
  class Native extends Protocol {
    @Override
    URI uri() {
      return server.uri();
    }

    @Test
    void hostComesFromTheConfigurationFolder(@TempDir Path folder) throws IOException {
      publish("a", TEXT);
      Files.writeString(
          folder.resolve("core-site.xml"),
          "<configuration><property><name>fs.defaultFS</name><value>"
              + server.uri()
              + "</value></property></configuration>");
      SourceUri uri = SourceUri.of(Scheme.HDFS, "", -1, "/");
      SourceOptions options = OPTIONS.withEnvironment(Map.of("HADOOP_CONF_DIR", folder.toString()));
      try (ModelSource source = ModelSources.open(uri, options)) {
        assertThat(source.list("")).isNotEmpty();
      }
      try (ModelSource source = ModelSources.open(uri, OPTIONS)) {
        assertThatThrownBy(() -> source.list("")).hasMessageContaining("names no file system");
      }
    }

    @Test
    void cutConnectionToTheNameNodeIsMadeAgain() {
      publish("a", TEXT);
      try (FaultyTcpProxy proxy = FaultyTcpProxy.to(server.uri().getPort());
          ModelSource source =
              ModelSources.open(
                  SourceUri.of(Scheme.HDFS, "127.0.0.1", proxy.port(), "/"), OPTIONS)) {
        assertThat(source.list("")).isNotEmpty();
        proxy.cutNow();
        RetryPolicy once =
            new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(30));
        List<RemoteEntry> listed = new Retry(once).call(n -> source.list(""));
        assertThat(listed).isNotEmpty();
      }
    }

    @Test
    void laterRunContinuesInTheMiddle(@TempDir Path here) {
      byte[] bytes = new byte[2_000_000];
      publish("a", bytes);
      try (ModelSource source = open()) {
        Progress stop =
            (at, total) -> {
              if (at > 500_000) {
                Thread.currentThread().interrupt();
              }
            };
        assertCode(
            ErrorCode.ABORTED,
            () ->
                new Downloader(source, DownloadLimits.DEFAULTS, Retry.never(), stop)
                    .fetch("a", here.resolve("a"), Optional.empty()));
        assertThat(Thread.interrupted()).isTrue();
        Download download =
            new Downloader(source, DownloadLimits.DEFAULTS, Retry.never(), Progress.none())
                .fetch("a", here.resolve("a"), Optional.of(Checksum.of(bytes)));
        assertThat(download.resumedFrom()).isGreaterThan(500_000);
      }
    }
  }

  @Nested
  class OverHttp extends Protocol {
    @Override
    URI uri() {
      return server.webhdfsUri();
    }
  }
}
