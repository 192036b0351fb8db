package io.mlserve.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Content decides what an archive is; the file is always called {@code archive}. */
class FormatTest {
  @TempDir Path root;
  private Place place;

  @BeforeEach
  void makePlace() {
    place = new Place(root);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void everyFormatIsKnownByItsContent(Format format) {
    UnpackResult result = place.unpack(Packed.of(format, Packed.model()));
    place.holds(Packed.model());
    assertThat(result.format()).isEqualTo(format);
    assertThat(result.files()).isEqualTo(4);
    assertThat(result.folders()).isEqualTo(2);
    assertThat(result.bytes()).isEqualTo(11403);
  }

  @Test
  void oldTarWithoutMagicIsKnownByItsChecksum() {
    byte[] header = TarMaker.header("f", '\0', 1);
    Arrays.fill(header, 257, 512, (byte) 0);
    byte[] content = {'1'};
    place.unpack(new TarMaker().member(TarMaker.sum(header), content).end());
    place.holds(Map.of("f", content));
  }

  @Test
  void x40WhatIsNoArchiveIsCalledByItsName() {
    called("<!DOCTYPE html><html><body>403</body></html>", "looks like HTML");
    called("\n  <HTML><body>Login</body></HTML>", "looks like HTML");
    called("<?xml version='1.0'?><Error/>", "looks like XML");
    called("{\"error\": \"no such bucket\"}", "looks like JSON");
    called("\u007fELF\u0002\u0001\u0001", "looks like an ELF program");
    called("7z\u00bc\u00af'\u001c\u0000\u0004", "looks like a 7z archive");
    called("Rar!\u001a\u0007\u0001\u0000", "looks like a RAR archive");
    called("%PDF-1.7", "looks like a PDF document");
    called("version https://git-lfs.github.com/spec/v1", "looks like a Git LFS pointer");
    called("\b\t\u0012\u0007pytorch", "looks like a bare ONNX model");
    called("[\u0001\u0000 noise that starts with a bracket", "its content is not known");
    called("nothing in particular", "its content is not known");
  }

  private void called(String content, String name) {
    String message = place.refused(content.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(message).contains("unsupported: not an archive, " + name);
  }

  @Test
  void x40AnEmptyFileIsRefused() {
    assertThat(place.refused(new byte[0])).endsWith("the archive is empty");
  }

  @Test
  void x40PolyglotsAreRefused() {
    byte[] tar = new TarMaker().file("from-tar", "1").end();
    byte[] zip = new ZipMaker().file("from-zip", "1").end();
    byte[] shifted = new ZipMaker().bytes(tar).file("from-zip", "1").end();
    place.refused(join(tar, zip));
    place.refused(shifted);
    place.refused(join(zip, tar));
    place.refused(
        new ZipMaker().bytes("%PDF-1.7\n".getBytes(StandardCharsets.UTF_8)).file("f", "1").end());
  }

  @Test
  void compressedContentThatIsNoTarIsCalledByItsName() {
    byte[] zip = new ZipMaker().file("f", "1").end();
    assertThat(place.refused(Packed.compress(Format.TAR_GZ, zip)))
        .endsWith("unsupported: a zip that is compressed once more");
    byte[] tgz = Packed.of(Format.TAR_GZ, Packed.model());
    assertThat(place.refused(Packed.compress(Format.TAR_XZ, tgz)))
        .endsWith("unsupported: a tar.gz that is compressed once more");
    byte[] onnx = {8, 9, 0x12, 7, 'p', 'y', 't', 'o', 'r', 'c', 'h'};
    assertThat(place.refused(Packed.compress(Format.TAR_GZ, onnx)))
        .contains("compressed data that is no tar archive (looks like a bare ONNX model");
  }

  @Test
  void archivesOfNothingAreRefused() {
    assertThat(place.refused(new byte[10240])).endsWith("the archive holds no files");
    byte[] folder = new TarMaker().folder("only/").end();
    place.refused(folder);
    assertThatThrownBy(
            () -> new Unpacker(UnpackLimits.DEFAULTS).list(place.archive(folder), member -> {}))
        .hasMessageEndingWith("the archive holds no files");
    place.refused(new ZipMaker().end());
  }

  private static byte[] join(byte[] first, byte[] second) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(first);
    joined.writeBytes(second);
    return joined.toByteArray();
  }
}
