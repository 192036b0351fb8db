package io.mlserve.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What operators want to know of the process.
 *
 * @param build what this program is and is made of
 * @param residentBytes memory in RAM; 0 where it is not known
 * @param draining whether it is about to stop
 * @param load how much it has to do
 * @param settings with which it was started, without secrets
 */
public record ServerSheet(
    SortedMap<String, String> build,
    Address address,
    LongSupplier residentBytes,
    BooleanSupplier draining,
    Supplier<Load> load,
    List<Setting> settings) {

  /**
   * How much there is to do, and what was turned away.
   *
   * @param inFlight requests under way
   * @param limit how many may be
   * @param waiting those among them that nobody works on yet
   * @param outcomes requests since the start by outcome, as metrics call it
   */
  public record Load(int inFlight, int limit, long waiting, Map<String, Long> outcomes) {}

  /**
   * An option.
   *
   * @param origin who gave it: the command line, a variable, a file with its line, or nobody
   */
  public record Setting(String name, String value, String origin) {}

  /**
   * Where clients are listened to.
   *
   * @param host as it was asked for, which may stand for all addresses
   */
  public record Address(boolean tls, String host, int port, OptionalInt grpcPort) {}

  /** Writes the field {@code server}. */
  void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("server");
    for (Map.Entry<String, String> part : build.entrySet()) {
      json.writeStringField(part.getKey(), part.getValue());
    }
    json.writeStringField(
        "started",
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()).toString());
    json.writeBooleanField("draining", draining.getAsBoolean());
    json.writeStringField("host", address.host());
    json.writeNumberField("port", address.port());
    if (address.grpcPort().isPresent()) {
      json.writeNumberField("grpc_port", address.grpcPort().getAsInt());
    }
    json.writeBooleanField("tls", address.tls());
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    json.writeNumberField("heap_used_bytes", heap.getUsed());
    json.writeNumberField("heap_max_bytes", heap.getMax());
    json.writeNumberField("resident_bytes", residentBytes.getAsLong());
    load(json);
    settings(json);
    json.writeEndObject();
  }

  private void load(JsonGenerator json) throws IOException {
    Load now = load.get();
    json.writeObjectFieldStart("load");
    json.writeNumberField("in_flight", now.inFlight());
    json.writeNumberField("limit", now.limit());
    json.writeNumberField("waiting", now.waiting());
    json.writeObjectFieldStart("outcomes");
    for (Map.Entry<String, Long> outcome : now.outcomes().entrySet()) {
      json.writeNumberField(outcome.getKey(), outcome.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void settings(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("settings");
    for (Setting setting : settings) {
      json.writeStartObject();
      json.writeStringField("name", setting.name());
      json.writeStringField("value", setting.value());
      json.writeStringField("origin", setting.origin());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("warnings");
    for (RecentWarnings.Warning warning : RecentWarnings.SHARED.all()) {
      json.writeStartObject();
      json.writeStringField("at", warning.at().toString());
      json.writeStringField("level", warning.level());
      json.writeStringField("message", warning.message());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
