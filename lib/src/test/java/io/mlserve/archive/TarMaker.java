package io.mlserve.archive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tar archives byte by byte, so that they can lie. */
final class TarMaker {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TarMaker file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  TarMaker file(String name, byte[] content) {
    return member(header(bytes(name), '0', content.length), content);
  }

  TarMaker folder(String name) {
    return member(header(bytes(name), '5', 0), new byte[0]);
  }

  /** A member without content: a link to {@code target}, a device, or what {@code type} says. */
  TarMaker special(String name, char type, String target) {
    byte[] header = header(bytes(name), type, 0);
    put(header, 157, bytes(target));
    return member(sum(header), new byte[0]);
  }

  /** PAX records for the next member: {@code key=value}, each. */
  TarMaker pax(String... records) {
    return extension('x', paxRecords(records));
  }

  TarMaker globalPax(String... records) {
    return extension('g', paxRecords(records));
  }

  /** A GNU long name for the next member. */
  TarMaker longName(String name) {
    return extension('L', bytes(name + "\0"));
  }

  TarMaker extension(char type, byte[] content) {
    return member(header(bytes("././@LongLink"), type, content.length), content);
  }

  TarMaker member(byte[] header, byte[] content) {
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[-content.length & 511]);
    return this;
  }

  /** The archive with its end marker. */
  byte[] end() {
    byte[] open = open();
    return Arrays.copyOf(open, open.length + 1024);
  }

  /** The archive as far as it is written. */
  byte[] open() {
    return out.toByteArray();
  }

  static byte[] header(byte[] name, char type, long size) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, bytes("0000644\0"));
    put(header, 108, bytes("0001750\0"));
    put(header, 116, bytes("0001750\0"));
    put(header, 124, bytes(String.format("%011o\0", size)));
    put(header, 136, bytes("14000000000\0"));
    header[156] = (byte) type;
    put(header, 257, bytes("ustar\00000"));
    return sum(header);
  }

  static byte[] header(String name, char type, long size) {
    return header(bytes(name), type, size);
  }

  /** Sets the checksum that fits the rest of {@code header}. */
  static byte[] sum(byte[] header) {
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, bytes(String.format("%06o\0 ", sum)));
    return header;
  }

  static void put(byte[] header, int at, byte[] value) {
    System.arraycopy(value, 0, header, at, value.length);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] paxRecords(String... records) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String record : records) {
      int rest = bytes(record).length + 2;
      int length = rest + String.valueOf(rest).length();
      length = rest + String.valueOf(length).length();
      all.writeBytes(bytes(length + " " + record + "\n"));
    }
    return all.toByteArray();
  }
}
