package io.mlserve.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What operators want to know of the process.
 *
 * @param build what this program is and is made of
 * @param residentBytes memory in RAM; 0 where it is not known
 * @param draining whether it is about to stop
 */
public record ServerSheet(
    SortedMap<String, String> build,
    Address address,
    LongSupplier residentBytes,
    BooleanSupplier draining) {

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
    json.writeEndObject();
  }
}
