package io.mlserve.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zip archives field by field, so that they can lie. */
final class ZipMaker {
  /** One entry; what its local header says can be set apart from what the directory says. */
  static final class Entry {
    byte[] name = {};
    byte[] localName = {};
    byte[] data = {};
    int flags;
    int method;
    int localMethod;
    long crc;
    long size;
    long localSize;
    int mode = 0100644;
    int offset = -1;

    Entry mode(int mode) {
      this.mode = mode;
      return this;
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Entry> entries = new ArrayList<>();

  ZipMaker file(String name, String content) {
    return add(stored(name, content.getBytes(StandardCharsets.UTF_8)));
  }

  static Entry stored(String name, byte[] content) {
    return stored(name.getBytes(StandardCharsets.UTF_8), content);
  }

  static Entry stored(byte[] name, byte[] content) {
    Entry entry = new Entry();
    entry.name = name;
    entry.localName = name;
    entry.data = content;
    entry.size = content.length;
    entry.localSize = content.length;
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.crc = crc.getValue();
    return entry;
  }

  static Entry deflated(String name, byte[] content) {
    Entry entry = stored(name, content);
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    while (!deflater.finished()) {
      data.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    entry.data = data.toByteArray();
    entry.method = 8;
    entry.localMethod = 8;
    return entry;
  }

  ZipMaker add(Entry entry) {
    entry.offset = out.size();
    out.writeBytes(
        little(30)
            .putInt(0x04034b50)
            .putShort((short) 20)
            .putShort((short) entry.flags)
            .putShort((short) entry.localMethod)
            .putInt(0)
            .putInt((int) entry.crc)
            .putInt(entry.data.length)
            .putInt((int) entry.localSize)
            .putShort((short) entry.localName.length)
            .putShort((short) 0)
            .array());
    out.writeBytes(entry.localName);
    out.writeBytes(entry.data);
    entries.add(entry);
    return this;
  }

  /** A second directory entry for bytes that are in use. */
  ZipMaker alias(Entry entry) {
    entries.add(entry);
    return this;
  }

  ZipMaker bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  byte[] end() {
    int directory = out.size();
    for (Entry entry : entries) {
      out.writeBytes(central(entry));
      out.writeBytes(entry.name);
    }
    int size = out.size() - directory;
    out.writeBytes(endRecord(entries.size(), size, directory));
    return out.toByteArray();
  }

  static byte[] endRecord(int count, int size, int directory) {
    return little(22)
        .putInt(0x06054b50)
        .putInt(0)
        .putShort((short) count)
        .putShort((short) count)
        .putInt(size)
        .putInt(directory)
        .putShort((short) 0)
        .array();
  }

  private static byte[] central(Entry entry) {
    return little(46)
        .putInt(0x02014b50)
        .putShort((short) (3 << 8 | 20))
        .putShort((short) 20)
        .putShort((short) entry.flags)
        .putShort((short) entry.method)
        .putInt(0)
        .putInt((int) entry.crc)
        .putInt(entry.data.length)
        .putInt((int) entry.size)
        .putShort((short) entry.name.length)
        .putShort((short) 0)
        .putShort((short) 0)
        .putInt(0)
        .putInt(entry.mode << 16)
        .putInt(entry.offset)
        .array();
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
