package io.mlserve.metrics.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Selector;
import io.mlserve.metrics.VersionKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a history outlives its process: a JSON file that is there as a whole or not at all. Times
 * are milliseconds since 1970; a slot is an array of its beginning and its numbers.
 */
final class TrafficFile {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int FORMAT = 1;

  private final Path file;

  TrafficFile(Path file) {
    this.file = file;
  }

  /** What was saved, or empty if nothing was; {@code DATA_LOSS} if it cannot be understood. */
  Optional<TrafficHistory.Saved> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (JsonParser json = JSON.createParser(file.toFile())) {
      return Optional.of(new Reader(json).read());
    } catch (IOException | IllegalArgumentException e) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, file + ": no history of traffic: " + e.getMessage(), e);
    }
  }

  /** Puts {@code saved} in the place of what was there. */
  void write(TrafficHistory.Saved saved) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".part");
    try (FileChannel channel =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      OutputStream out = Channels.newOutputStream(channel);
      JsonGenerator json = JSON.createGenerator(out);
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      write(json, saved);
      json.close();
      channel.force(true);
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void write(JsonGenerator json, TrafficHistory.Saved saved) throws IOException {
    json.writeStartObject();
    json.writeNumberField("format", FORMAT);
    json.writeNumberField("written", saved.written().toEpochMilli());
    json.writeNumberField("since", saved.since().toEpochMilli());
    json.writeArrayFieldStart("gaps");
    for (Gap gap : saved.gaps()) {
      json.writeArray(new long[] {gap.from().toEpochMilli(), gap.to().toEpochMilli()}, 0, 2);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("versions");
    for (Map.Entry<VersionKey, VersionTraffic> each : saved.versions().entrySet()) {
      json.writeRaw('\n');
      write(json, each.getKey(), each.getValue());
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, VersionKey key, VersionTraffic traffic)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("model", key.model());
    json.writeNumberField("version", key.version());
    json.writeObjectFieldStart("last");
    for (Map.Entry<Selector, Instant> last : traffic.last().entrySet()) {
      json.writeNumberField(last.getKey().label(), last.getValue().toEpochMilli());
    }
    json.writeEndObject();
    slots(json, "five_minutes", traffic.fiveMinutes());
    slots(json, "hours", traffic.hours());
    json.writeArrayFieldStart("latencies");
    for (Map.Entry<Instant, Latency> slot : traffic.latencies().entrySet()) {
      json.writeStartArray();
      json.writeNumber(slot.getKey().toEpochMilli());
      json.writeNumber(finite(slot.getValue().p50()));
      json.writeNumber(finite(slot.getValue().p99()));
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void slots(JsonGenerator json, String name, NavigableMap<Instant, Tally> slots)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Map.Entry<Instant, Tally> slot : slots.entrySet()) {
      Tally tally = slot.getValue();
      long[] numbers = {
        slot.getKey().toEpochMilli(),
        tally.failures(),
        tally.byDefault(),
        tally.byLabel(),
        tally.byVersion()
      };
      json.writeArray(numbers, 0, numbers.length);
    }
    json.writeEndArray();
  }

  // JSON has no infinity: -1 is it.
  private static double finite(double seconds) {
    return Double.isInfinite(seconds) ? -1 : seconds;
  }

  /** Reads what {@link #write} wrote; passes over fields that it does not know. */
  private static final class Reader {
    private final JsonParser json;

    Reader(JsonParser json) {
      this.json = json;
    }

    TrafficHistory.Saved read() throws IOException {
      Map<String, Long> numbers = new HashMap<>();
      List<Gap> gaps = new ArrayList<>();
      NavigableMap<VersionKey, VersionTraffic> versions = new TreeMap<>();
      require(json.nextToken(), JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "format", "written", "since" -> numbers.put(field, json.getLongValue());
          case "gaps" -> {
            for (double[] gap : rows(2)) {
              gaps.add(new Gap(time(gap[0]), time(gap[1])));
            }
          }
          case "versions" -> {
            require(json.currentToken(), JsonToken.START_ARRAY);
            while (json.nextToken() == JsonToken.START_OBJECT) {
              version(versions);
            }
          }
          default -> json.skipChildren();
        }
      }
      if (!Long.valueOf(FORMAT).equals(numbers.get("format"))) {
        throw new IllegalArgumentException("format " + numbers.get("format"));
      }
      return new TrafficHistory.Saved(
          time(number(numbers, "written")), time(number(numbers, "since")), gaps, versions);
    }

    private static double number(Map<String, Long> numbers, String field) {
      Long number = numbers.get(field);
      if (number == null) {
        throw new IllegalArgumentException("no '" + field + "'");
      }
      return number;
    }

    private void version(NavigableMap<VersionKey, VersionTraffic> versions) throws IOException {
      String model = "";
      long number = 0;
      Map<Selector, Instant> last = new EnumMap<>(Selector.class);
      NavigableMap<Instant, Tally> fiveMinutes = new TreeMap<>();
      NavigableMap<Instant, Tally> hours = new TreeMap<>();
      Map<Instant, Latency> latencies = new HashMap<>();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "model" -> model = json.getText();
          case "version" -> number = json.getLongValue();
          case "last" -> last(last);
          case "five_minutes" -> slots(fiveMinutes);
          case "hours" -> slots(hours);
          case "latencies" -> {
            for (double[] row : rows(3)) {
              latencies.put(time(row[0]), new Latency(seconds(row[1]), seconds(row[2])));
            }
          }
          default -> json.skipChildren();
        }
      }
      versions.put(
          new VersionKey(model, number), new VersionTraffic(last, fiveMinutes, latencies, hours));
    }

    private void last(Map<Selector, Instant> last) throws IOException {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        for (Selector selector : Selector.values()) {
          if (selector.label().equals(field)) {
            last.put(selector, time(json.getDoubleValue()));
          }
        }
      }
    }

    private void slots(NavigableMap<Instant, Tally> slots) throws IOException {
      for (double[] row : rows(5)) {
        long byDefault = (long) row[2];
        long byLabel = (long) row[3];
        long byVersion = (long) row[4];
        slots.put(
            time(row[0]),
            new Tally(
                byDefault + byLabel + byVersion, (long) row[1], byDefault, byLabel, byVersion));
      }
    }

    private List<double[]> rows(int columns) throws IOException {
      List<double[]> rows = new ArrayList<>();
      require(json.currentToken(), JsonToken.START_ARRAY);
      while (json.nextToken() == JsonToken.START_ARRAY) {
        double[] row = new double[columns];
        for (int at = 0; at < columns; at++) {
          json.nextToken();
          row[at] = json.getDoubleValue();
        }
        require(json.nextToken(), JsonToken.END_ARRAY);
        rows.add(row);
      }
      return rows;
    }

    private static void require(JsonToken found, JsonToken wanted) {
      if (found != wanted) {
        throw new IllegalArgumentException(found + " (expected: " + wanted + ")");
      }
    }

    private static Instant time(double millis) {
      return Instant.ofEpochMilli((long) millis);
    }

    private static double seconds(double read) {
      return read < 0 ? Double.POSITIVE_INFINITY : read;
    }
  }
}
