package io.mlserve.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceUriTest {
  @ParameterizedTest
  @CsvSource({
    "http://h/a%20b, HTTP, /a b, a b",
    "http://h/a b/, HTTP, /a b/, a b",
    "HTTPS://h:8443/x?y=z, HTTPS, /x, x",
    "http://h, HTTP, /, ''",
    "ftp://h/a/b, FTP, a/b, b",
    "ftp://h//a/b, FTP, /a/b, b",
    "ftp://h/%2Fa, FTP, /a, a",
    "hdfs://nn:9000/m/модель, HDFS, /m/модель, модель",
    "hdfs:///m#1?, HDFS, /m#1?, m#1?",
    "webhdfs://nn/m, WEBHDFS, /m, m",
    "file:///a%20b, FILE, /a b, a b",
    "file:/a, FILE, /a, a",
    "file://localhost/a, FILE, /a, a",
    "models/a%20b, FILE, models/a%20b, a%20b",
    ".., FILE, .., ..",
  })
  void isReadInParts(String text, Scheme scheme, String path, String name) {
    SourceUri uri = SourceUri.parse(text);
    assertThat(uri.scheme()).isEqualTo(scheme);
    assertThat(uri.path()).isEqualTo(path);
    assertThat(uri.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s3://bucket/x",
        "http:/h/x",
        "http://",
        "http:///x",
        "http://h:0/",
        "http://h:65536/",
        "http://h:port/",
        "http://h/%zz",
        "http://h/%ff",
        "http://h/a%0d%0aDELE x",
        "http://h/a#b",
        "ftp://h/a%0aDELE",
        "ftp://us%0der@h/a",
        "ftp://h/a\r\nDELE donefile",
        "hdfs://:9000/x",
        "hdfs:/x",
        "file://elsewhere/x",
        "http://h o/x",
        "a\u0000b",
      })
  void whatNamesNoSourceIsRefused(String text) {
    assertThatThrownBy(() -> SourceUri.parse(text))
        .isInstanceOfSatisfying(
            MlserveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  @Test
  void unknownSchemeIsToldTheKnownOnes() {
    assertThatThrownBy(() -> SourceUri.parse("s3://me:secret@bucket/x"))
        .hasMessage(
            "source has scheme 's3' (expected: file, http, https, ftp, ftps, hdfs, webhdfs,"
                + " swebhdfs, afs)");
  }

  @ParameterizedTest
  @CsvSource({
    "http://user:secret@h/x, http://***@h/x",
    "http://secret@h/x, http://***@h/x",
    "http://a@b:secret@h/x, http://***@h/x",
    "http://h/x?sig=secret&y=secret, http://h/x?sig=***&y=***",
    "http://h/x?secret, http://h/x?***",
    "http://h/x?a=b=secret, http://h/x?a=***",
    "ftp://user:secret@h/x, ftp://***@h/x",
    "ftps://user:secret@h/x/y, ftps://***@h/x/y",
    "hdfs://user:secret@h:9000/x, hdfs://***@h:9000/x",
  })
  void secretsAreMasked(String text, String shown) {
    assertThat(SourceUri.parse(text)).hasToString(shown);
    assertThat(SourceUri.parse(text).resolve("b").toString()).doesNotContain("secret");
  }

  @Test
  void userAndPasswordAreDecoded() {
    SourceUri uri = SourceUri.parse("ftp://us%40er:p%3Aw%25@h/x");
    assertThat(uri.user()).contains("us@er");
    assertThat(uri.password()).contains("p:w%");
  }

  @ParameterizedTest
  @CsvSource({
    "http://h, a, http://h/a",
    "http://h/, /a, http://h/a",
    "http://h/x/, //a/b c, http://h/x/a/b%20c",
    "http://h/x?k=v, a%?#, http://h/x/a%25%3F%23?k=v",
    "hdfs://n:1/, /m, hdfs://n:1/m",
  })
  void childIsJoinedWithOneSlash(String base, String child, String joined) {
    assertThat(SourceUri.parse(base).resolve(child)).isEqualTo(SourceUri.parse(joined));
  }

  @Test
  void absoluteFtpPathStaysAbsolute() {
    SourceUri root = SourceUri.of(Scheme.FTP, "h", 21, "/");
    assertThat(root.path()).isEqualTo("/");
    assertThat(root.resolve("a/b").path()).isEqualTo("/a/b");
    assertThat(SourceUri.of(Scheme.FTP, "h", -1, "").resolve("a").path()).isEqualTo("a");
  }

  @Test
  void partsAreNotPercentDecoded() {
    SourceUri uri = SourceUri.of(Scheme.HTTP, "h", 8080, "/a%20b c");
    assertThat(uri.path()).isEqualTo("/a%20b c");
    assertThat(uri.toUri()).hasToString("http://h:8080/a%2520b%20c");
  }
}
