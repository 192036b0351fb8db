package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.protocol.json.RequestJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/**
 * JSON as this protocol has it: UTF-8, every key once, not-a-number and infinities as bare tokens.
 */
final class OipJson {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // clients choose them
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE) // the limit on bodies is limit enough
                  .build())
          .build();

  // Where the parser speaks of its own classes and settings.
  private static final Pattern PARSERS_OWN = Pattern.compile(" \\(start marker at .*| \\(.*`.*");

  private OipJson() {}

  /** {@code why} as the client's fault, in words that fit a client. */
  static MlserveException malformed(JsonProcessingException why) {
    return malformed(why, why.getLocation() == null ? -1 : why.getLocation().getByteOffset());
  }

  /** The same of {@code request}, which the parser may not have seen all of. */
  static MlserveException malformed(RequestJson request, JsonProcessingException why) {
    return malformed(why, why.getLocation() == null ? -1 : request.offset(why.getLocation()));
  }

  private static MlserveException malformed(JsonProcessingException why, long offset) {
    String what =
        why instanceof StreamConstraintsException
            ? "nested too deeply, or a number or name is too long"
            : PARSERS_OWN.matcher(String.valueOf(why.getOriginalMessage())).replaceAll("");
    String at = why.getLocation() == null ? "" : " at byte " + offset;
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "failed to parse the request JSON: " + what + at, why);
  }

  /** Something that writes one JSON value. */
  @FunctionalInterface
  interface Content {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** A parser of {@code bytes}, which stay the caller's. */
  static JsonParser parser(ByteBuf bytes) throws IOException {
    return JSON.createParser((InputStream) new ByteBufInputStream(bytes.slice()));
  }

  /** A request of {@code bytes}, which stay the caller's. */
  static RequestJson request(ByteBuf bytes) {
    return new RequestJson(JSON, bytes);
  }

  static RequestJson request(InputStream bytes) {
    return new RequestJson(JSON, bytes);
  }

  /** A buffer that the caller releases or gives away. */
  static ByteBuf write(Content content) {
    ByteBuf bytes = ByteBufAllocator.DEFAULT.ioBuffer(1024);
    boolean written = false;
    try {
      append(bytes, content);
      written = true;
    } finally {
      if (!written) {
        bytes.release();
      }
    }
    return bytes;
  }

  /** Writes {@code content} behind what {@code bytes} hold. */
  static void append(ByteBuf bytes, Content content) {
    try (JsonGenerator json = JSON.createGenerator((OutputStream) new ByteBufOutputStream(bytes))) {
      content.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory has nothing to fail with
    }
  }

  static ByteBuf error(String message) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("error", message);
          json.writeEndObject();
        });
  }
}
