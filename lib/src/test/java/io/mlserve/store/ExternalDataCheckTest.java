package io.mlserve.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalDataCheckTest {
  @TempDir Path outside;
  private Path model;

  @BeforeEach
  void modelFolder() throws IOException {
    model = Files.createDirectories(outside.resolve("model"));
    Files.writeString(outside.resolve("secret"), "secret");
    Files.write(model.resolve("weights.bin"), new byte[100]);
  }

  private static byte[] field(int number, byte[]... parts) {
    byte[] content = join(parts);
    return join(varint(((long) number << 3) | 2), varint(content.length), content);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while (rest >>> 7 != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private static byte[] entry(String key, String value) {
    return field(
        13,
        field(1, key.getBytes(StandardCharsets.UTF_8)),
        field(2, value.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] at(String location) {
    return entry("location", location);
  }

  private static byte[] initializer(byte[]... entries) {
    return field(7, field(5, entries)); // ModelProto.graph, GraphProto.initializer
  }

  private void check(byte[] onnx) throws IOException {
    Files.write(model.resolve("model.onnx"), onnx);
    assertThat(ExternalDataCheck.check(model)).isEmpty();
  }

  private void assertRefused(byte[] onnx, String message) {
    assertThatThrownBy(() -> check(onnx))
        .isInstanceOfSatisfying(
            MlserveException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.DATA_LOSS);
              assertThat(e.message()).contains(message);
            });
  }

  @Test
  void dataBesideTheModelPasses() throws IOException {
    check(initializer(at("weights.bin"), entry("offset", "10"), entry("length", "90")));
  }

  @Test
  void dataInAFolderBesideTheModelPasses() throws IOException {
    Files.createDirectories(model.resolve("data"));
    Files.writeString(model.resolve("data/w"), "w");
    check(initializer(at("data/w")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret",
        "data/../../secret",
        "/etc/passwd",
        "..",
        ".",
        "",
        "./weights.bin",
        "..\\secret",
        "absent.bin",
        "*/_ORT_MEM_ADDR_/*",
        "nul\0byte",
      })
  void anythingElsePathsCanSayIsRefused(String location) {
    assertRefused(initializer(at(location)), "model.onnx keeps tensor data in '");
  }

  @Test
  void linkToTheDataIsRefused() throws IOException {
    Files.createSymbolicLink(model.resolve("link.bin"), outside.resolve("secret"));
    assertRefused(initializer(at("link.bin")), "a link");
  }

  @Test
  void folderThatIsALinkIsRefused() throws IOException {
    Files.createSymbolicLink(model.resolve("data"), outside);
    assertRefused(initializer(at("data/secret")), "a link");
  }

  @Test
  void hardLinkIsRefused() throws IOException {
    Files.createLink(model.resolve("hard.bin"), outside.resolve("secret"));
    assertRefused(initializer(at("hard.bin")), "a hard link");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "101", "9223372036854775807", "99999999999999999999", "x"})
  void offsetBeyondTheFileIsRefused(String offset) {
    assertRefused(initializer(at("weights.bin"), entry("offset", offset)), "keeps tensor data in");
  }

  @Test
  void offsetAndLengthBeyondTheFileAreRefused() {
    assertRefused(
        initializer(at("weights.bin"), entry("offset", "50"), entry("length", "51")),
        "within its 100 bytes");
  }

  @Test
  void sumBeyondALongIsRefused() {
    assertRefused(
        initializer(
            at("weights.bin"), entry("offset", "1"), entry("length", "9223372036854775807")),
        "within its 100 bytes");
  }

  @Test
  void locationGivenTwiceIsRefused() {
    assertRefused(initializer(at("weights.bin"), at("../secret")), "more than once");
  }

  @Test
  void everyPlaceOfATensorIsSeen() {
    byte[] bad = at("../secret");
    byte[] sparse = field(1, bad);
    byte[][] attributes = {
      field(5, bad), // t
      field(10, bad), // tensors
      field(6, field(5, bad)), // g
      field(11, field(5, bad)), // graphs
      field(22, sparse),
      field(23, sparse),
    };
    for (byte[] attribute : attributes) {
      byte[] node = field(1, field(5, attribute));
      assertRefused(field(7, node), "'../secret'");
      assertRefused(field(25, field(7, field(5, attribute))), "'../secret'"); // function
      assertRefused(field(25, field(11, attribute)), "'../secret'");
      assertRefused(field(20, field(2, node)), "'../secret'"); // training
    }
    assertRefused(field(7, field(15, sparse)), "'../secret'");
  }

  @Test
  void fieldsThatMeanNothingToUsAreSkipped() throws IOException {
    byte[] noise =
        join(
            varint(1 << 3),
            varint(8), // ir_version
            varint((99 << 3) | 1),
            new byte[8],
            varint((98 << 3) | 5),
            new byte[4],
            varint((97 << 3) | 3),
            varint(1 << 3),
            varint(1),
            varint((97 << 3) | 4), // a group
            field(2, "producer".getBytes(StandardCharsets.UTF_8)));
    check(join(noise, initializer(at("weights.bin"))));
    assertRefused(join(noise, initializer(at("../secret"))), "'../secret'");
  }

  @Test
  void largeTensorsAreSkippedNotRead() throws IOException {
    check(join(initializer(field(9, new byte[5_000_000])), initializer(at("weights.bin"))));
    assertRefused(
        join(initializer(field(9, new byte[5_000_000])), initializer(at("../secret"))), "secret");
  }

  @Test
  void nestingWithoutEndIsRefused() {
    byte[] graph = {};
    for (int i = 0; i < 150; i++) {
      graph = field(1, field(5, field(6, graph)));
    }
    assertRefused(field(7, graph), "nested more than 200 deep");
  }

  @Test
  void fileThatIsNotOnnxIsNamed() throws IOException {
    Path file = Files.writeString(model.resolve("model.onnx"), "<html>404</html>");

    assertThat(ExternalDataCheck.check(model)).containsExactly(file);
  }
}
