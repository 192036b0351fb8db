package io.mlserve.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The one way from an archive to a sink: names are checked, clashes found, leading names stripped,
 * bytes and members counted, here and nowhere else.
 */
final class Gate implements MemberVisitor {
  private final NameTree names = new NameTree();
  private final Meter meter;
  private final UnpackOptions options;
  private final MemberSink sink;

  private long files;
  private long folders;
  private long bytes;
  private long skipped;

  Gate(Meter meter, UnpackOptions options, MemberSink sink) {
    this.meter = meter;
    this.options = options;
    this.sink = sink;
  }

  @Override
  public void folder(String name) {
    meter.member();
    if (name.equals(".") || name.equals("./")) {
      return; // what 'tar -C folder .' calls the folder itself
    }
    String plain =
        name.length() > 1 && name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    Optional<EntryPath> path = checked(plain);
    if (path.isPresent()) {
      makeFolders(path.get(), names.add(path.get(), false), path.get().segments().size());
    }
  }

  @Override
  public void file(String name, long size, InputStream body) throws IOException {
    meter.member();
    Optional<EntryPath> path = checked(name);
    meter.announced(size);
    CountedBody counted = new CountedBody(body, meter, name, size);
    if (path.isPresent()) {
      makeFolders(path.get(), names.add(path.get(), true), path.get().segments().size() - 1);
      sink.file(path.get(), counted);
    } else {
      MemberSink.NOWHERE.file(EntryPath.parse(name), counted);
    }
    if (counted.count != size) {
      throw Refusal.damaged(
          "member " + SafeText.quote(name) + " has " + counted.count + " bytes, not " + size);
    }
    path.ifPresent(kept -> done(kept, size));
  }

  // The whole name is checked, then the part that is used: stripping must not hide a '..'.
  private Optional<EntryPath> checked(String name) {
    EntryPath path = EntryPath.parse(name);
    meter.depth(path);
    Optional<EntryPath> kept = path.withoutFirst(options.strip());
    if (kept.isEmpty()) {
      skipped++;
    }
    return kept;
  }

  private void makeFolders(EntryPath path, int known, int wanted) {
    for (int depth = known + 1; depth <= wanted; depth++) {
      if (depth < path.segments().size()) {
        meter.member(); // implied by a longer path: it costs an inode all the same
      }
      EntryPath folder = path.first(depth);
      sink.folder(folder);
      folders++;
      options.watcher().accept(new Member(folder, true, 0));
    }
  }

  private void done(EntryPath path, long size) {
    files++;
    bytes += size;
    options.watcher().accept(new Member(path, false, size));
  }

  long files() {
    return files;
  }

  long folders() {
    return folders;
  }

  long bytes() {
    return bytes;
  }

  long skipped() {
    return skipped;
  }

  private static final class CountedBody extends FilterInputStream {
    private final Meter meter;
    private final String name;
    private final long size;
    private long count;

    CountedBody(InputStream body, Meter meter, String name, long size) {
      super(body);
      this.meter = meter;
      this.name = name;
      this.size = size;
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = super.read(buffer, offset, length);
      count(Math.max(got, 0));
      return got;
    }

    private void count(int got) {
      count += got;
      meter.written(got);
      if (count > size) {
        throw Refusal.damaged(
            "member "
                + SafeText.quote(name)
                + " has more bytes than the "
                + size
                + " it announces");
      }
    }
  }
}
