package io.mlserve.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes up bodies of predict requests that fit a signature: the columnar form, {@code {"inputs":
 * {name: tensor}}}. A dimension of any size is {@code batch} if it is the outermost and 1 if it is
 * not.
 */
public final class GeneratedInputs {
  private static final int MOST_BODIES = 16;
  private static final long MOST_BYTES = 32 << 20;
  private static final JsonFactory JSON = new JsonFactory();

  private final List<InputSpec> inputs;
  private final long batch;

  /** Refuses a batch that the signature does not allow. */
  public GeneratedInputs(List<InputSpec> inputs, long batch) {
    this.inputs = List.copyOf(inputs);
    this.batch = batch;
    for (InputSpec input : inputs) {
      boolean fixed = !input.shape().isEmpty() && input.shape().get(0) >= 0;
      if (batch > 1 && (input.shape().isEmpty() || (fixed && input.shape().get(0) != batch))) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "batch of %d: input '%s' has the shape %s (expected: a first size of -1 or %d)"
                .formatted(batch, input.name(), input.shape(), batch));
      }
    }
  }

  /** One body in which every number is 0, every truth value false and every text empty. */
  public List<byte[]> zeros() {
    return List.of(body(new Zeros()));
  }

  /**
   * Up to 16 different bodies; the same seed gives the same ones. Fractions lie in [0, 1), whole
   * numbers in 0 to 9, so that they are valid indexes of most tables.
   */
  public List<byte[]> random(long seed) {
    Source source = new Random(new SplittableRandom(seed));
    List<byte[]> bodies = new ArrayList<>();
    long bytes = 0;
    while (bodies.size() < MOST_BODIES && bytes < MOST_BYTES) {
      byte[] body = body(source);
      bodies.add(body);
      bytes += body.length;
    }
    return bodies;
  }

  private byte[] body(Source source) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart("inputs");
      for (InputSpec input : inputs) {
        json.writeFieldName(input.name());
        tensor(json, input, 0, source);
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an array in memory refused bytes", e);
    }
    return bytes.toByteArray();
  }

  private void tensor(JsonGenerator json, InputSpec input, int depth, Source source)
      throws IOException {
    if (depth == input.shape().size()) {
      element(json, input, source);
      return;
    }
    long declared = input.shape().get(depth);
    long size = declared >= 0 ? declared : depth == 0 ? batch : 1;
    json.writeStartArray();
    for (long i = 0; i < size; i++) {
      tensor(json, input, depth + 1, source);
    }
    json.writeEndArray();
  }

  private static void element(JsonGenerator json, InputSpec input, Source source)
      throws IOException {
    switch (input.dtype()) {
      case "DT_FLOAT", "DT_DOUBLE", "DT_HALF", "DT_BFLOAT16" -> json.writeNumber(source.fraction());
      case "DT_INT8", "DT_INT16", "DT_INT32", "DT_INT64" -> json.writeNumber(source.whole());
      case "DT_UINT8", "DT_UINT16", "DT_UINT32", "DT_UINT64" -> json.writeNumber(source.whole());
      case "DT_BOOL" -> json.writeBoolean(source.truth());
      case "DT_STRING" -> json.writeString(source.text());
      default ->
          throw new MlserveException(
              ErrorCode.UNIMPLEMENTED,
              "input '%s': no values can be made up for %s (expected: numbers, texts or booleans)"
                  .formatted(input.name(), input.dtype()));
    }
  }

  private interface Source {
    float fraction();

    int whole();

    boolean truth();

    String text();
  }

  private record Zeros() implements Source {
    @Override
    public float fraction() {
      return 0;
    }

    @Override
    public int whole() {
      return 0;
    }

    @Override
    public boolean truth() {
      return false;
    }

    @Override
    public String text() {
      return "";
    }
  }

  private record Random(SplittableRandom bits) implements Source {
    private static final int LETTERS = 8;

    @Override
    public float fraction() {
      return bits.nextInt(1 << 24) / (float) (1 << 24);
    }

    @Override
    public int whole() {
      return bits.nextInt(10);
    }

    @Override
    public boolean truth() {
      return bits.nextBoolean();
    }

    @Override
    public String text() {
      StringBuilder text = new StringBuilder(LETTERS);
      for (int i = 0; i < LETTERS; i++) {
        text.append((char) ('a' + bits.nextInt(26)));
      }
      return text.toString();
    }
  }
}
