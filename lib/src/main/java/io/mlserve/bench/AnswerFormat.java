package io.mlserve.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;

/** How the body of an answer is read for comparing. Called on event loops: it must not wait. */
interface AnswerFormat {
  /** Any bytes are right. */
  AnswerFormat BYTES =
      new AnswerFormat() {
        @Override
        public RightAnswer read(ByteBuf body, int jsonLength) {
          return new RightAnswer.Bytes(ByteBufUtil.getBytes(body));
        }

        @Override
        public boolean looksRight(ByteBuf body) {
          return true;
        }
      };

  /** One JSON object. */
  AnswerFormat JSON =
      new AnswerFormat() {
        @Override
        public RightAnswer read(ByteBuf body, int jsonLength) throws IOException {
          return new RightAnswer.Document(document(body));
        }

        @Override
        public boolean looksRight(ByteBuf body) {
          return isObject(body);
        }
      };

  /**
   * Reads it all. {@code IOException} if it is not what the API would answer.
   *
   * @param jsonLength how long the JSON before the bytes is; -1 if all is one
   */
  RightAnswer read(ByteBuf body, int jsonLength) throws IOException;

  /** Whether it may be an answer, as far as can be seen without reading it all. */
  boolean looksRight(ByteBuf body);

  /** The JSON document that {@code body} is. */
  static JsonValue document(ByteBuf body) throws IOException {
    try {
      return JsonReader.read(new ByteBufInputStream(body.duplicate()));
    } catch (IOException e) {
      throw new IOException("not JSON: " + JsonReader.reason(e), e);
    }
  }

  /** It keeps an HTML page from counting as right. */
  static boolean isObject(ByteBuf body) {
    int first = body.readerIndex();
    int last = body.writerIndex() - 1;
    while (first < last && body.getByte(first) <= ' ') {
      first++;
    }
    while (first < last && body.getByte(last) <= ' ') {
      last--;
    }
    return first < last && body.getByte(first) == '{' && body.getByte(last) == '}';
  }
}
