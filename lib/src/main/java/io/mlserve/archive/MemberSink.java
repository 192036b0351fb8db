package io.mlserve.archive;

import java.io.IOException;
import java.io.InputStream;

/** Where members go that passed the {@link Gate}: parents come first, and nothing comes twice. */
interface MemberSink {
  void folder(EntryPath path);

  /** Takes all of {@code body}; its failures pass through, the sink's own are translated. */
  void file(EntryPath path, InputStream body) throws IOException;

  /** Takes what is listed and keeps nothing of it. */
  MemberSink NOWHERE =
      new MemberSink() {
        @Override
        public void folder(EntryPath path) {}

        @Override
        public void file(EntryPath path, InputStream body) throws IOException {
          byte[] buffer = new byte[1 << 16];
          while (body.read(buffer) >= 0) {
            // reading is what counts and verifies
          }
        }
      };
}
