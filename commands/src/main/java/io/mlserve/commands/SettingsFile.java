package io.mlserve.commands;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands in a settings file: sections named after commands, one {@code key = value} a line,
 * comments after {@code #}. Keys before the first section hold for every command.
 */
record SettingsFile(Path path, List<Entry> entries) {
  /** One line. {@code section} is empty before the first one. */
  record Entry(int line, String section, String key, String value) {}

  /** A file that cannot be read, or a line that cannot: the message is for the user. */
  static final class BadSettings extends Exception {
    private static final long serialVersionUID = 1L;

    BadSettings(String message) {
      super(message);
    }
  }

  static SettingsFile read(Path path) throws BadSettings {
    List<Entry> entries = new ArrayList<>();
    String section = "";
    int number = 0;
    for (String raw : lines(path)) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
        continue;
      }
      if (line.startsWith("[") && line.endsWith("]")) {
        section = line.substring(1, line.length() - 1).strip().replaceAll("\\s+", " ");
        continue;
      }
      int equals = line.indexOf('=');
      if (equals <= 0) {
        throw new BadSettings(
            "%s:%d: '%s' (expected: key = value, [command] or # comment)"
                .formatted(path, number, line));
      }
      String key = line.substring(0, equals).strip().replace('_', '-');
      entries.add(new Entry(number, section, key, line.substring(equals + 1).strip()));
    }
    return new SettingsFile(path, List.copyOf(entries));
  }

  private static List<String> lines(Path path) throws BadSettings {
    try {
      return Files.readAllLines(path);
    } catch (NoSuchFileException e) {
      throw new BadSettings("settings file '" + path + "': no such file");
    } catch (AccessDeniedException e) {
      throw new BadSettings("settings file '" + path + "': not allowed to read it");
    } catch (CharacterCodingException e) {
      throw new BadSettings("settings file '" + path + "': not UTF-8 text");
    } catch (IOException e) {
      throw new BadSettings("settings file '" + path + "': " + e.getMessage());
    }
  }
}
