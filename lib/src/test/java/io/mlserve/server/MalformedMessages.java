package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Requests made from a good one by damage: bytes flipped, cut, repeated, or a field of the message
 * set to something else. The same for the same seed.
 */
public final class MalformedMessages {
  private static final Set<Status.Code> DECLARED =
      EnumSet.of(
          Status.Code.OK,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.UNIMPLEMENTED);

  private final Random random;

  public MalformedMessages(long seed) {
    this.random = new Random(seed);
  }

  /** Sends {@code count} of them; each has to end with a declared status. Says how many of each. */
  public Map<Status.Code, Integer> send(Channel channel, String method, Message good, int count) {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .build();
    Map<Status.Code, Integer> counts = new EnumMap<>(Status.Code.class);
    for (int i = 0; i < count; i++) {
      byte[] bytes = i % 2 == 0 ? damaged(good.toByteArray()) : changed(good).toByteArray();
      Status.Code code = send(channel, raw, bytes);
      assertThat(DECLARED).as("request %d: %s", i, Arrays.toString(bytes)).contains(code);
      counts.merge(code, 1, Integer::sum);
    }
    return counts;
  }

  private static Status.Code send(
      Channel channel, MethodDescriptor<byte[], byte[]> method, byte[] bytes) {
    try {
      ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, bytes);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private byte[] damaged(byte[] good) {
    byte[] bytes = good.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 2 -> {
        bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(good, 0, bytes, good.length, good.length);
      }
      default -> {
        int from = random.nextInt(bytes.length);
        random.nextBytes(bytes);
        System.arraycopy(good, 0, bytes, 0, from);
      }
    }
    return bytes;
  }

  /** One field, somewhere in the message, set to another value of its type, or dropped. */
  private Message changed(Message message) {
    Message.Builder builder = message.toBuilder();
    List<FieldDescriptor> set = List.copyOf(message.getAllFields().keySet());
    if (set.isEmpty()) {
      return message;
    }
    FieldDescriptor field = set.get(random.nextInt(set.size()));
    if (random.nextInt(6) == 0) {
      return builder.clearField(field).build();
    }
    if (!field.isRepeated()) {
      return builder.setField(field, other(field, message.getField(field))).build();
    }
    int at = random.nextInt(message.getRepeatedFieldCount(field));
    Object element = message.getRepeatedField(field, at);
    if (random.nextInt(4) == 0) {
      return builder.addRepeatedField(field, element).build();
    }
    if (field.isMapField()) { // keys would have to stay apart
      return builder.addRepeatedField(field, changed((Message) element)).build();
    }
    return builder.setRepeatedField(field, at, other(field, element)).build();
  }

  private Object other(FieldDescriptor field, Object value) {
    return switch (field.getJavaType()) {
      case MESSAGE -> changed((Message) value);
      case LONG -> pick(0L, -1L, 3L, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE);
      case INT -> pick(0, -1, 3, 70_000, Integer.MAX_VALUE, Integer.MIN_VALUE);
      case FLOAT -> pick(0f, Float.NaN, Float.POSITIVE_INFINITY, -1e30f);
      case DOUBLE -> pick(0.0, Double.NaN, Double.NEGATIVE_INFINITY);
      case BOOLEAN -> !((Boolean) value);
      case STRING -> pick("", "x", "y", "INT64", "9", "\u0000", "a".repeat(300));
      case BYTE_STRING ->
          pick(
              com.google.protobuf.ByteString.EMPTY,
              com.google.protobuf.ByteString.copyFrom(new byte[3]),
              com.google.protobuf.ByteString.copyFrom(new byte[4096]));
      case ENUM ->
          field
              .getEnumType()
              .getValues()
              .get(random.nextInt(field.getEnumType().getValues().size()));
    };
  }

  private Object pick(Object... values) {
    return values[random.nextInt(values.length)];
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
