package io.mlserve.http;

import static io.mlserve.http.EngineFixture.LIMITS;
import static io.mlserve.http.EngineFixture.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.RawClient.Answer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NettyLeaks.class)
class HttpEngineTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String POST = "POST /a HTTP/1.1\r\nHost: x\r\n";

  private final HttpEngine engine = EngineFixture.open(LIMITS, EngineFixture::echo);
  private final ScheduledExecutorService workers = Executors.newScheduledThreadPool(2);

  @AfterEach
  void close() {
    engine.close();
    workers.shutdownNow();
  }

  private RawClient connect() {
    return RawClient.connect(engine.port());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the client waits for the answer
  private void later(HttpExchange exchange, int millis) {
    workers.schedule(() -> EngineFixture.echo(exchange), millis, TimeUnit.MILLISECONDS);
  }

  @Test
  void connectionServesOneRequestAfterAnother() {
    try (RawClient client = connect()) {
      for (int i = 0; i < 3; i++) {
        Answer answer = client.send(POST + "Content-Length: 1\r\n\r\n" + i).read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("POST /a " + i);
        assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(answer.header("connection")).isEqualTo("keep-alive");
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderWhoeverAnswersThem() {
    Random random = new Random(1);
    HttpHandler later =
        exchange -> {
          int delay = random.nextInt(4); // 0: at once
          if (delay == 0) {
            EngineFixture.echo(exchange);
          } else {
            later(exchange, delay);
          }
        };
    try (HttpEngine slow = EngineFixture.open(LIMITS, later);
        RawClient client = RawClient.connect(slow.port())) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        all.append("POST /")
            .append(i)
            .append(" HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
      }
      client.send(all.toString());
      for (int i = 0; i < 100; i++) {
        assertThat(client.read().text()).isEqualTo("POST /" + i + " abc");
      }
    }
  }

  @Test
  void thousandsOfRequestsBehindOneThatIsAnsweredLaterDoNotOverflowTheStack() {
    HttpHandler firstLater =
        exchange -> {
          if (exchange.path().equals("/later")) {
            later(exchange, 50);
          } else {
            EngineFixture.echo(exchange);
          }
        };
    try (HttpEngine mixed = EngineFixture.open(LIMITS, firstLater);
        RawClient client = RawClient.connect(mixed.port())) {
      workers.execute(
          () -> client.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n" + GET.repeat(5_000)));
      assertThat(client.read().text()).isEqualTo("GET /later ");
      for (int i = 0; i < 5_000; i++) {
        assertThat(client.read().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void bodyMayComeInOnePieceInChunksOrByteByByte() {
    try (RawClient client = connect()) {
      assertThat(client.send(POST + "Content-Length: 5\r\n\r\nhello").read().text())
          .isEqualTo("POST /a hello");
      String chunked = POST + "Transfer-Encoding: chunked\r\n\r\n";
      assertThat(client.send(chunked + "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: t\r\n\r\n").read())
          .extracting(Answer::text)
          .isEqualTo("POST /a hello");
      String request = POST + "Content-Length: 300\r\n\r\n" + "0123456789".repeat(30);
      request.chars().forEach(letter -> client.send(Character.toString(letter)));
      assertThat(client.read().text()).isEqualTo("POST /a " + "0123456789".repeat(30));
    }
  }

  @Test
  void emptyChunkedBodyIsEmpty() {
    try (RawClient client = connect()) {
      client.send(POST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("POST /a ");
    }
  }

  @Test
  void answerToHeadHasTheLengthButNoBody() {
    try (RawClient client = connect()) {
      Answer head = client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n").readHead();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("8");
      assertThat(client.send(GET).read().text()).isEqualTo("GET /a "); // nothing stood between
    }
  }

  @Test
  void queryAndAuthorityAreNoPartOfThePath() {
    try (RawClient client = connect()) {
      assertThat(client.send("GET /a%20b?c=/d HTTP/1.1\r\nHost: x\r\n\r\n").read().text())
          .isEqualTo("GET /a%20b ");
      assertThat(client.send("GET http://x:1/a/b?c HTTP/1.1\r\nHost: x\r\n\r\n").read().text())
          .isEqualTo("GET /a/b ");
      assertThat(client.send("GET http://x HTTP/1.1\r\nHost: x\r\n\r\n").read().text())
          .isEqualTo("GET / ");
    }
  }

  @Test
  void declaredLengthAboveTheLimitIsRefusedBeforeTheBody() {
    try (RawClient client = connect()) {
      Answer answer =
          client
              .send(POST + "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n")
              .read(); // and no 100 before it
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.text())
          .isEqualTo("{\"error\": \"request body is larger than 1000 bytes\"}\n");
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void lengthOfExactlyTheLimitIsTaken() {
    try (RawClient client = connect()) {
      client.send(POST + "Content-Length: 1000\r\n\r\n" + "x".repeat(1000));
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void chunksBeyondTheLimitAreRefusedAsTheyCome() {
    try (RawClient client = connect()) {
      client.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
      client.send("1F4\r\n" + "x".repeat(500) + "\r\n1F5\r\n" + "x".repeat(501) + "\r\n");
      assertThat(client.read().status()).isEqualTo(413);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void clientThatStillSendsTheRefusedBodyReadsTheAnswer() {
    try (RawClient client = connect()) {
      client.send(POST + "Content-Length: 8000000\r\n\r\n");
      client.sendWhilePossible(new byte[100_000], 80);
      assertThat(client.read().status()).isEqualTo(413);
    }
  }

  @Test
  void headersAboveTheLimitAreRefused() {
    try (RawClient client = connect()) {
      client.send("GET /a HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(2048) + "\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(431);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void requestLineThatIsTooLongIsRefused() {
    try (RawClient client = connect()) {
      client.send("GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(414);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource( // a bar stands for the end of a line
      strings = {
        "POST /a HTTP/1.1|Host: x|Content-Length: 3|Transfer-Encoding: chunked||0||",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 3||0||",
        "POST /a HTTP/1.1|Host: x|Content-Length: 3|Content-Length: 4||abcd",
        "POST /a HTTP/1.1|Host: x|Content-Length: 3, 4||abcd",
        "POST /a HTTP/1.1|Host: x|Content-Length: +3||abc",
        "POST /a HTTP/1.1|Host: x|Content-Length: -3||abc",
        "POST /a HTTP/1.1|Host: x|Content-Length: 0x3||abc",
        "POST /a HTTP/1.1|Host: x|Content-Length: 18446744073709551619||abc",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: chunkedchunked||0||",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: gzip||0||",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: chunked||xyz|abc|0||",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: chunked||-3|abc|0||",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: chunked||0x3|abc|0||",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: chunked||12345678901234567|a",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: chunked||3|abcd|0||",
        "POST /a HTTP/1.1|Host: x|Transfer-Encoding: chunked||3\nabc|0||",
        "GET /a HTTP/1.1\nHost: x\n\n",
        "GET /a HTTP/1.1|Host: x\nX: y||",
        "GET /a HTTP/1.1|Host : x||",
        "GET /a HTTP/1.1|Host: x|X\u0000Y: y||",
        "GET /a HTTP/1.1|Host: x|X: a\u0000b||",
        "GET /a HTTP/1.1|Host: x|: y||",
        "GET /a HTTP/1.1||",
        "GET /a HTTP/1.1|Host: x|Host: y||",
        "GET /a|Host: x||",
        "G\"ET /a HTTP/1.1|Host: x||",
        "GET /a b HTTP/1.1|Host: x||",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003||" // TLS
      })
  void whatCanBeReadInTwoWaysIsRefusedAndNothingBehindItIsRead(String request) {
    try (RawClient client = connect()) {
      Answer answer = client.send(request.replace("|", "\r\n") + GET).read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).startsWith("{\"error\": \"malformed HTTP request");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void unknownVersionIsRefused() {
    try (RawClient client = connect()) {
      assertThat(client.send("GET /a HTTP/1.9\r\nHost: x\r\n\r\n").read().status()).isEqualTo(505);
    }
  }

  @Test
  void requestBeforeAMalformedOneIsAnsweredFirst() {
    try (RawClient client = connect()) {
      client.send(POST + "Content-Length: 2\r\n\r\nok" + "nonsense\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("POST /a ok");
      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void clientThatAsksWhetherToContinueIsToldSo() {
    try (RawClient client = connect()) {
      client.send(POST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(100);
      assertThat(client.send("ok").read().text()).isEqualTo("POST /a ok");
    }
  }

  @Test
  void oldVersionClosesUnlessAskedToKeepAlive() {
    try (RawClient client = connect()) {
      client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.read().header("connection")).isEqualTo("keep-alive");
      Answer last = client.send("GET /b HTTP/1.0\r\n\r\n").read();
      assertThat(last.text()).isEqualTo("GET /b ");
      assertThat(last.header("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void clientThatWantsToCloseIsClosedAfterItsAnswer() {
    try (RawClient client = connect()) {
      client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + GET);
      assertThat(client.read().header("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void handlerThatThrowsIsAnsweredWithoutSayingWhy() {
    HttpHandler broken =
        exchange -> {
          throw new IllegalStateException("secret of io.mlserve");
        };
    try (HttpEngine bad = EngineFixture.open(LIMITS, broken);
        RawClient client = RawClient.connect(bad.port())) {
      for (int i = 0; i < 2; i++) {
        Answer answer = client.send(POST + "Content-Length: 2\r\n\r\nok").read();
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text()).isEqualTo("{\"error\": \"internal error\"}\n");
      }
      Awaitility.await().until(() -> bad.inProgress() == 0);
    }
  }

  @Test
  void onlyTheFirstAnswerToARequestIsSent() {
    HttpHandler twice =
        exchange -> {
          assertThat(exchange.respond(HttpReply.text(200, HttpReply.TEXT, "first"))).isTrue();
          assertThat(exchange.respond(HttpReply.text(200, HttpReply.TEXT, "second"))).isFalse();
          exchange.finish();
          exchange.finish();
        };
    try (HttpEngine eager = EngineFixture.open(LIMITS, twice);
        RawClient client = RawClient.connect(eager.port())) {
      assertThat(client.send(GET + GET).read().text()).isEqualTo("first");
      assertThat(client.read().text()).isEqualTo("first");
    }
  }

  @Test
  void answerAfterTheClientHasGoneIsDropped() {
    HttpHandler later = exchange -> later(exchange, 200);
    try (HttpEngine slow = EngineFixture.open(LIMITS, later)) {
      try (RawClient client = RawClient.connect(slow.port())) {
        client.send(GET);
        Awaitility.await().until(() -> slow.inProgress() == 1);
      }
      Awaitility.await().until(() -> slow.inProgress() == 0);
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosed() {
    HttpLimits two = new HttpLimits(1000, 2048, LONG, LONG, LONG, 2);
    try (HttpEngine small = EngineFixture.open(two, EngineFixture::echo);
        RawClient first = RawClient.connect(small.port());
        RawClient second = RawClient.connect(small.port())) {
      assertThat(first.send(GET).read().status()).isEqualTo(200);
      assertThat(second.send(GET).read().status()).isEqualTo(200);
      try (RawClient third = RawClient.connect(small.port())) {
        assertThat(third.isClosedByServer()).isTrue();
      }
      assertThat(first.send(GET).read().status()).isEqualTo(200);
      second.hangUp();
      Awaitility.await()
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                try (RawClient again = RawClient.connect(small.port())) {
                  assertThat(again.send(GET).read().status()).isEqualTo(200);
                }
              });
    }
  }

  @Test
  void largeAnswerArrivesWhole() {
    try (HttpEngine large = EngineFixture.open(LIMITS, EngineFixture.sending(10 << 20));
        RawClient client = RawClient.connect(large.port())) {
      assertThat(client.send(GET).read().body()).hasSize(10 << 20);
      assertThat(client.send(GET).read().body()).hasSize(10 << 20);
    }
  }

  @Test
  void addressThatIsTakenIsSaidSo() {
    InetSocketAddress taken =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), engine.port());
    assertThatThrownBy(
            () -> HttpEngine.open(taken, EngineFixture.LOOPS, LIMITS, EngineFixture::echo))
        .isInstanceOfSatisfying(
            MlserveException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(e.message()).startsWith("cannot listen on ").contains("in use");
              assertThat(e.hint()).hasValueSatisfying(hint -> assertThat(hint).contains("--port"));
            });
  }

  @Test
  void addressThatIsNotKnownIsSaidSo() {
    InetSocketAddress unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 0);
    assertThatThrownBy(
            () -> HttpEngine.open(unknown, EngineFixture.LOOPS, LIMITS, EngineFixture::echo))
        .isInstanceOfSatisfying(
            MlserveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }
}
