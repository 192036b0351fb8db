package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Asks each request once before the load begins: every later answer must be like the first. */
final class FirstAnswers {
  private final Questions server;
  private final Dialect dialect;
  private final Api api;

  FirstAnswers(Questions server, Dialect dialect, Api api) {
    this.server = server;
    this.dialect = dialect;
    this.api = api;
  }

  Expectation ask(List<Request> requests) {
    List<RightAnswer> answers = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      String question = "request " + (i + 1);
      Questions.Reply reply = server.reply(requests.get(i));
      server.check(question, reply);
      ByteBuf body = Unpooled.wrappedBuffer(reply.body());
      AnswerFormat format = api == Api.RAW ? AnswerFormat.BYTES : dialect.documents();
      try {
        answers.add(format.read(body, reply.jsonLength()));
      } catch (IOException e) {
        throw new MlserveException(
            ErrorCode.DATA_LOSS,
            "answer to " + question + ": " + e.getMessage() + " (expected: what the API says)",
            e);
      }
    }
    return new Expectation("first answers", answers);
  }
}
