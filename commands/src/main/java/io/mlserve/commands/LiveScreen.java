package io.mlserve.commands;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;

/**
 * A few lines at the bottom of the terminal behind stderr, drawn again and again. Changes neither
 * the modes of the terminal nor its cursor, so that however the process ends, nothing has to be put
 * back. Thread-safe.
 */
final class LiveScreen implements AutoCloseable {
  private final Terminal terminal;
  private final Display display;
  private boolean closed;

  private LiveScreen(Terminal terminal) {
    this.terminal = terminal;
    this.display = new Display(terminal, false);
  }

  /** Empty if there is no terminal, or one that is too small or too simple. */
  static Optional<LiveScreen> open() {
    if (!StandardError.isTerminal()) {
      return Optional.empty();
    }
    try {
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysErr)
              .nativeSignals(false) // StopSignal has them
              .dumb(true)
              .build();
      Size size = terminal.getSize();
      boolean simple =
          terminal.getType().startsWith(Terminal.TYPE_DUMB)
              || size.getColumns() < LiveFrame.NARROWEST
              || size.getRows() <= LiveFrame.HEIGHT;
      if (simple) {
        terminal.close();
        return Optional.empty();
      }
      return Optional.of(new LiveScreen(terminal));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // a run is worth more than its view
    }
  }

  int width() {
    return terminal.getSize().getColumns();
  }

  synchronized void draw(List<AttributedString> lines) {
    if (closed) {
      return;
    }
    Size size = terminal.getSize();
    display.resize(size.getRows(), size.getColumns());
    // with the cursor below the last line, what ends the process leaves the shell a clean line
    int cursor = size.cursorPos(Math.min(lines.size(), size.getRows() - 1), 0);
    List<AttributedString> all = new ArrayList<>(lines);
    all.add(AttributedString.EMPTY);
    display.update(all, cursor);
    terminal.flush();
  }

  /** Takes the lines away; others may be printed where they were. */
  synchronized void erase() {
    if (!closed) {
      display.update(List.of(), 0);
      terminal.flush();
      display.reset();
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    erase();
    closed = true;
    try {
      terminal.close();
    } catch (IOException e) {
      // nothing more will be drawn
    }
  }
}
