package io.mlserve.archive;

import java.io.IOException;
import java.io.InputStream;

/** Receives the members of an archive in the order of their bytes, names unchecked. */
interface MemberVisitor {
  /** A folder; a trailing {@code /} is allowed. */
  void folder(String name) throws IOException;

  /**
   * A file whose header says that it has {@code size} bytes. {@code body} is valid during the call
   * and ends where the content ends; reading past damage fails.
   */
  void file(String name, long size, InputStream body) throws IOException;
}
