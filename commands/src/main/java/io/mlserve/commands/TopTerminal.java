package io.mlserve.commands;

import io.mlserve.commands.MetricsTopCommand.Look;
import io.mlserve.commands.MetricsTopCommand.Looker;
import io.mlserve.error.MlserveException;
import io.mlserve.loop.OnExit;
import io.mlserve.loop.PollLoop;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/**
 * The screen of {@code metrics top}. The server is asked on a thread of its own, so that keys work
 * while it is slow; everything else happens on the calling thread. The terminal is left as it was
 * found, however this ends.
 */
final class TopTerminal {
  private static final long KEY_MILLIS = 100;
  private static final int USUAL_WIDTH = 80;
  private static final int USUAL_HEIGHT = 24;

  private final TopView view;
  private final Duration interval;
  private final Looker looker;
  private final BlockingQueue<News> news = new ArrayBlockingQueue<>(1);

  /** What came of a look: a scrape, or why there is none. */
  private sealed interface News {
    record Seen(Look look) implements News {}

    record Failed(String why) implements News {}
  }

  TopTerminal(TopView view, Duration interval, Looker looker) {
    this.view = view;
    this.interval = interval;
    this.looker = looker;
  }

  /** Whether a person looks at the output and has a keyboard. */
  static boolean isThere() {
    return !"dumb".equals(System.getenv("TERM"))
        && StandardInput.isTerminal()
        && isTerminal("/proc/self/fd/1");
  }

  private static boolean isTerminal(String descriptor) {
    try {
      String device = Path.of(descriptor).toRealPath().toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // a pipe has no path
    }
  }

  /** Shows and obeys until q or a signal; returns the exit status. */
  int run(Look first) throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build();
        StopSignal stop = StopSignal.interrupts(Thread.currentThread())) {
      Attributes before = terminal.enterRawMode();
      Runnable restore = restore(terminal, before);
      OnExit lost = OnExit.run("restore-terminal", restore); // a hangup ends the process at once
      try {
        prepare(terminal);
        return watch(terminal, first) ? ExitStatus.OK : stop.exitStatus();
      } finally {
        lost.close();
        restore.run();
      }
    }
  }

  private static void prepare(Terminal terminal) {
    Attributes raw = terminal.getAttributes();
    raw.setControlChar(Attributes.ControlChar.VSUSP, 0); // a stop would leave the screen behind
    terminal.setAttributes(raw);
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.flush();
  }

  private static Runnable restore(Terminal terminal, Attributes before) {
    return () -> {
      terminal.setAttributes(before);
      terminal.puts(Capability.cursor_normal);
      terminal.puts(Capability.exit_ca_mode);
      terminal.flush();
    };
  }

  /** True if the user ended it, false if a signal did. */
  private boolean watch(Terminal terminal, Look first) throws IOException {
    Display display = new Display(terminal, true);
    NonBlockingReader keys = terminal.reader();
    Look before = first;
    boolean drawn = false;
    Size size = new Size(0, 0);
    try (PollLoop looking = PollLoop.start("look", interval, this::look)) {
      while (!Thread.currentThread().isInterrupted()) {
        Size now = size(terminal);
        News latest = news.poll();
        if (latest instanceof News.Seen seen) {
          seen.look().show(view, before);
          before = seen.look();
        } else if (latest instanceof News.Failed failed) {
          view.failed(failed.why());
        }
        boolean changed = latest != null || !now.equals(size) || !drawn;
        if (changed) {
          if (!now.equals(size)) {
            display.clear();
            terminal.puts(Capability.clear_screen);
          }
          size = now;
          draw(display, size);
          drawn = true;
        }
        int key = keys.read(KEY_MILLIS);
        if (key == NonBlockingReader.EOF || (key >= 0 && !view.key(key))) {
          looking.stop();
          return true;
        }
        drawn = drawn && key < 0; // show at once what a key has changed
      }
      return false;
    } catch (InterruptedIOException e) {
      return false;
    }
  }

  private void look() {
    try {
      Look look = looker.look();
      news.clear(); // what nobody has shown yet is old
      news.offer(new News.Seen(look));
    } catch (MlserveException e) {
      news.clear();
      news.offer(new News.Failed(e.message()));
    }
  }

  private static Size size(Terminal terminal) {
    Size size = terminal.getSize();
    return size.getColumns() > 0 && size.getRows() > 0 ? size : new Size(USUAL_WIDTH, USUAL_HEIGHT);
  }

  private void draw(Display display, Size size) {
    display.resize(size.getRows(), size.getColumns());
    List<AttributedString> lines = new ArrayList<>();
    for (TopView.Line line : view.draw(size.getColumns(), size.getRows(), Instant.now())) {
      lines.add(new AttributedString(line.text(), style(line.look())));
    }
    display.update(lines, 0);
  }

  private static AttributedStyle style(TopView.Look look) {
    AttributedStyle plain = AttributedStyle.DEFAULT;
    boolean colours = System.getenv("NO_COLOR") == null;
    return switch (look) {
      case PLAIN -> plain;
      case TITLE -> plain.inverse();
      case ALARM -> colours ? plain.foreground(AttributedStyle.RED) : plain.bold();
      case FAINT -> plain.faint();
    };
  }
}
