package io.mlserve.commands;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * A few lines at the bottom of the terminal behind stderr, drawn again and again. Changes neither
 * the modes of the terminal nor its cursor, so that however the process ends, nothing has to be put
 * back. Thread-safe.
 *
 * <p>JLine draws, but into memory: its terminals set the modes of the real one when they are
 * closed, and lose its speed.
 */
final class LiveScreen implements AutoCloseable {
  private final PrintWriter err;
  private final ByteArrayOutputStream drawn;
  private final Terminal terminal;
  private final Display display;
  private volatile boolean resized;
  private boolean closed;

  private LiveScreen(PrintWriter err, String type, Size size) throws IOException {
    this.err = err;
    this.drawn = new ByteArrayOutputStream();
    this.terminal = new InMemory(type, drawn);
    terminal.setSize(size);
    this.display = new Display(terminal, false);
    display.resize(size.getRows(), size.getColumns());
  }

  /** Empty if there is no terminal, or one that is too small or too simple. */
  static Optional<LiveScreen> open(PrintWriter err) {
    Optional<StandardError.Size> size = StandardError.size();
    String type = System.getenv("TERM");
    boolean fits =
        size.isPresent()
            && size.get().columns() >= LiveFrame.NARROWEST
            && size.get().rows() > LiveFrame.HEIGHT;
    if (!fits || type == null || type.isEmpty()) {
      return Optional.empty();
    }
    try {
      LiveScreen screen = new LiveScreen(err, type, jline(size.get()));
      Signals.register("WINCH", () -> screen.resized = true);
      return Optional.of(screen);
    } catch (IOException e) {
      return Optional.empty(); // a run is worth more than its view
    }
  }

  /** A terminal of that type, of which only the sequences are of interest. */
  private static final class InMemory extends DumbTerminal {
    InMemory(String type, OutputStream drawn) throws IOException {
      super("stderr", type, new ByteArrayInputStream(new byte[0]), drawn, StandardCharsets.UTF_8);
    }

    // To go back one column JLine sends what the key sends, and of DEL it makes a character that is
    // none. Lines it would draw with the alternate character set, which not every terminal has.
    @Override
    public @Nullable String getStringCapability(InfoCmp.Capability capability) {
      return switch (capability) {
        case key_backspace -> "^H";
        case enter_alt_charset_mode, exit_alt_charset_mode -> null;
        default -> super.getStringCapability(capability);
      };
    }
  }

  private static Size jline(StandardError.Size size) {
    return new Size(size.columns(), size.rows());
  }

  int width() {
    return terminal.getWidth();
  }

  synchronized void draw(List<AttributedString> lines) {
    if (closed) {
      return;
    }
    if (resized) {
      resized = false;
      StandardError.size().ifPresent(size -> terminal.setSize(jline(size)));
      display.resize(terminal.getHeight(), terminal.getWidth());
    }
    // with the cursor below the last line, what ends the process leaves the shell a clean line
    List<AttributedString> all = new ArrayList<>(lines);
    all.add(AttributedString.EMPTY);
    display.update(all, terminal.getSize().cursorPos(lines.size(), 0));
    flush();
  }

  /** Takes the lines away; others may be printed where they were. */
  synchronized void erase() {
    if (!closed) {
      display.update(List.of(), 0);
      flush();
      display.reset();
    }
  }

  private void flush() {
    terminal.flush();
    err.print(drawn.toString(StandardCharsets.UTF_8));
    err.flush();
    drawn.reset();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      erase();
      closed = true;
      Signals.registerDefault("WINCH");
    }
  }
}
