package io.mlserve.archive;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Where the central directory of a zip lies, checked before anything of it is believed or kept in
 * memory: one end record that ends with the file, a directory that ends where the end record
 * starts, as many headers in it as the record says.
 *
 * @param entries number of headers in the directory
 * @param offset where the directory starts
 * @param size its length in bytes
 */
record ZipEnd(long entries, long offset, long size) {
  private static final int END = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int LOCATOR = 0x07064b50;
  private static final int LOCATOR_LENGTH = 20;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_LENGTH = 56;
  private static final int HEADER = 0x02014b50;
  private static final int HEADER_LENGTH = 46;
  // 100,000 entries with names of 600 bytes.
  private static final long LARGEST_DIRECTORY = 64L << 20;

  static ZipEnd read(FileChannel zip, Meter meter) throws IOException {
    long at = find(zip);
    ByteBuffer end = bytes(zip, at, END_LENGTH);
    boolean is64 = at >= LOCATOR_LENGTH && bytes(zip, at - LOCATOR_LENGTH, 4).getInt() == LOCATOR;
    ZipEnd found = is64 ? end64(zip, at - LOCATOR_LENGTH) : end32(end, at);
    meter.announcedMembers(found.entries);
    found.checkDirectory(zip);
    return found;
  }

  private static ZipEnd end32(ByteBuffer end, long at) {
    checkOneDisk(end.getShort(4) | end.getShort(6));
    long entries = end.getShort(10) & 0xffff;
    return checkPlace(
        new ZipEnd(entries, end.getInt(16) & 0xffff_ffffL, end.getInt(12) & 0xffff_ffffL), at);
  }

  private static ZipEnd end64(FileChannel zip, long locatorAt) throws IOException {
    ByteBuffer locator = bytes(zip, locatorAt, LOCATOR_LENGTH);
    long at = locator.getLong(8);
    if (at < 0 || at > locatorAt - END_64_LENGTH) {
      throw Refusal.damaged("the zip64 end record lies outside the file");
    }
    ByteBuffer end = bytes(zip, at, END_64_LENGTH);
    if (end.getInt(0) != END_64 || end.getLong(4) != locatorAt - at - 12) {
      throw Refusal.damaged("there is no zip64 end record where its locator says");
    }
    checkOneDisk(end.getInt(16) | end.getInt(20));
    return checkPlace(new ZipEnd(end.getLong(32), end.getLong(48), end.getLong(40)), at);
  }

  private static ZipEnd checkPlace(ZipEnd end, long at) {
    if (end.entries < 0
        || end.offset < 0
        || end.size < 0
        || end.offset > at
        || end.size != at - end.offset) {
      throw Refusal.damaged("the zip directory does not lie right before its end record");
    }
    return end;
  }

  private static void checkOneDisk(int disks) {
    if (disks != 0) {
      throw Refusal.unsupported("a zip in several volumes");
    }
  }

  // The record is the last one in the file and its comment, which holds no other, ends with it.
  private static long find(FileChannel zip) throws IOException {
    long size = zip.size();
    int length = (int) Math.min(size, END_LENGTH + 0xffff);
    ByteBuffer tail = bytes(zip, size - length, length);
    for (int i = length - END_LENGTH; i >= 0; i--) {
      if (tail.getInt(i) == END) {
        if (i + END_LENGTH + (tail.getShort(i + 20) & 0xffff) != length) {
          throw Refusal.damaged("the zip does not end with its end record");
        }
        return size - length + i;
      }
    }
    throw new EOFException("the end record of the zip is missing");
  }

  private void checkDirectory(FileChannel zip) throws IOException {
    if (size > LARGEST_DIRECTORY) {
      throw Refusal.limit(
          "has a directory of " + size + " bytes (limit: " + LARGEST_DIRECTORY + ")");
    }
    ByteBuffer directory = bytes(zip, offset, (int) size);
    long count = 0;
    int at = 0;
    while (at < size) {
      if (size - at < HEADER_LENGTH || directory.getInt(at) != HEADER) {
        throw Refusal.damaged("the zip directory holds something that is no header");
      }
      int names = directory.getShort(at + 28) & 0xffff;
      int extras = directory.getShort(at + 30) & 0xffff;
      int comments = directory.getShort(at + 32) & 0xffff;
      at += HEADER_LENGTH + names + extras + comments;
      count++;
    }
    if (at != size || count != entries) {
      throw Refusal.damaged(
          "the zip directory holds " + count + " headers where " + entries + " are announced");
    }
  }

  static ByteBuffer bytes(FileChannel zip, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (zip.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException("the zip ends in the middle of a record");
      }
    }
    return bytes.flip();
  }
}
