package io.mlserve.http;

import static io.mlserve.http.EngineFixture.LONG;
import static io.mlserve.http.EngineFixture.timeouts;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nobody holds a connection for ever. */
@ExtendWith(NettyLeaks.class)
@Timeout(20)
class HttpTimeoutsTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

  /** Sends a byte every 20 ms until the server closes; returns how long that took. */
  private static Duration trickle(RawClient client, byte[] piece) {
    long start = System.nanoTime();
    try {
      while (client.isQuietFor(Duration.ofMillis(20))) {
        client.send(piece);
      }
    } catch (RuntimeException e) {
      assertThat(e).hasCauseInstanceOf(java.net.SocketException.class); // closed while we sent
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void connectionThatSaysNothingIsClosed() {
    try (HttpEngine engine = EngineFixture.open(timeouts(SHORT, LONG, LONG), EngineFixture::echo);
        RawClient client = RawClient.connect(engine.port())) {
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void headersThatNeverEndAreCutOff() {
    try (HttpEngine engine = EngineFixture.open(timeouts(SHORT, LONG, LONG), EngineFixture::echo);
        RawClient client = RawClient.connect(engine.port())) {
      client.send("GET /a HTTP/1.1\r\nHost: x\r\nX: ");
      assertThat(trickle(client, new byte[] {'x'})).isBetween(SHORT, Duration.ofSeconds(5));
    }
  }

  @Test
  void headersOfANextRequestHaveNoMoreTimeThanThoseOfTheFirst() {
    try (HttpEngine engine = EngineFixture.open(timeouts(SHORT, LONG, LONG), EngineFixture::echo);
        RawClient client = RawClient.connect(engine.port())) {
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      client.send("G");
      assertThat(trickle(client, new byte[] {'E'})).isBetween(SHORT, Duration.ofSeconds(5));
    }
  }

  @Test
  void headersThatBeganWhileTheRequestBeforeWasWorkedOnCountFromItsAnswer() {
    CountDownLatch partCame = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    HttpHandler waits =
        exchange -> {
          calls.incrementAndGet();
          exchange.onTimeout(SHORT.multipliedBy(2), () -> EngineFixture.echo(exchange));
          partCame.countDown();
        };
    try (HttpEngine engine = EngineFixture.open(timeouts(SHORT, LONG, LONG), waits);
        RawClient client = RawClient.connect(engine.port())) {
      client.send(GET + "GET /b HT");
      assertThat(client.read().text()).isEqualTo("GET /a ");
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void idleConnectionIsClosedAndOneThatBeginsInTimeIsNot() {
    Duration idle = Duration.ofMillis(400);
    try (HttpEngine engine = EngineFixture.open(timeouts(LONG, LONG, idle), EngineFixture::echo);
        RawClient client = RawClient.connect(engine.port())) {
      client.send(GET);
      client.read();
      client.send("GET /b HT"); // from here on it is not idle any more
      assertThat(client.isQuietFor(idle.multipliedBy(2))).isTrue();
      assertThat(client.send("TP/1.1\r\nHost: x\r\n\r\n").read().text()).isEqualTo("GET /b ");
      long start = System.nanoTime();
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(idle.minusMillis(50), idle.plusSeconds(5));
    }
  }

  @Test
  void bodyThatStopsIsAnsweredAndClosed() {
    try (HttpEngine engine = EngineFixture.open(timeouts(LONG, SHORT, LONG), EngineFixture::echo);
        RawClient client = RawClient.connect(engine.port())) {
      client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(client.read().status()).isEqualTo(408);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void bodyThatTricklesIsCutOffHoweverLongItIs() {
    try (HttpEngine engine = EngineFixture.open(timeouts(LONG, SHORT, LONG), EngineFixture::echo);
        RawClient client = RawClient.connect(engine.port())) {
      client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
      assertThat(trickle(client, new byte[] {'x'})).isBetween(SHORT, Duration.ofSeconds(5));
    }
  }

  @Test
  void clientThatDoesNotTakeItsAnswerIsClosed() {
    try (HttpEngine engine =
            EngineFixture.open(timeouts(LONG, SHORT, LONG), EngineFixture.sending(20 << 20));
        RawClient client = RawClient.slowReader(engine.port())) {
      client.send(GET);
      Awaitility.await().until(() -> engine.inProgress() == 1);
      Awaitility.await().until(() -> engine.inProgress() == 0); // closed, with what was not taken
    }
  }

  @Test
  void clientThatTakesItsAnswerSlowlyButSteadilyGetsItWhole() throws InterruptedException {
    Duration patience = Duration.ofSeconds(1);
    try (HttpEngine engine =
            EngineFixture.open(timeouts(LONG, patience, LONG), EngineFixture.sending(24 << 20));
        RawClient client = RawClient.slowReader(engine.port())) {
      client.send(GET);
      long start = System.nanoTime();
      assertThat(client.readBody(client.readLength(), 1 << 20, Duration.ofMillis(70)))
          .isEqualTo(24 << 20);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(patience);
    }
  }

  @Test
  void answersThatNobodyTakesDoNotPileUp() {
    AtomicInteger answers = new AtomicInteger();
    HttpHandler large =
        exchange -> {
          answers.incrementAndGet();
          EngineFixture.sending(1 << 20).handle(exchange);
        };
    try (HttpEngine engine = EngineFixture.open(timeouts(LONG, LONG, LONG), large);
        RawClient client = RawClient.slowReader(engine.port())) {
      client.send(GET.repeat(60));
      Awaitility.await().until(() -> answers.get() > 0);
      // What the kernel takes, and one answer more, is all that is made of 60 MB.
      Awaitility.await().during(Duration.ofMillis(300)).until(() -> answers.get() < 40);
      for (int i = 0; i < 60; i++) {
        assertThat(client.read().body()).hasSize(1 << 20);
      }
    }
  }

  @Test
  void answeredRequestIsNotKeptUntilItsTimeout() {
    AtomicInteger late = new AtomicInteger();
    HttpHandler timed =
        exchange -> {
          exchange.onTimeout(Duration.ofMillis(50), late::incrementAndGet);
          EngineFixture.echo(exchange);
        };
    try (HttpEngine engine = EngineFixture.open(timeouts(LONG, LONG, LONG), timed);
        RawClient client = RawClient.connect(engine.port())) {
      client.send(GET).read();
      assertThat(client.isQuietFor(Duration.ofMillis(150))).isTrue();
      assertThat(late).hasValue(0);
    }
  }
}
