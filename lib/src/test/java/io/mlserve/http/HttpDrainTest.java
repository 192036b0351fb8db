package io.mlserve.http;

import static io.mlserve.http.EngineFixture.LIMITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server that stops loses no request that it has taken. */
@ExtendWith(NettyLeaks.class)
@Timeout(30)
class HttpDrainTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Duration GRACE = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final BlockingQueue<HttpExchange> held = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  private Future<Boolean> drain(HttpEngine engine, Duration grace, Duration limit) {
    engine.drain();
    return threads.submit(() -> engine.awaitIdle(grace, limit));
  }

  @Test
  void requestUnderWayIsAnsweredAndItsConnectionEnds() throws Exception {
    try (HttpEngine engine = EngineFixture.open(LIMITS, held::add);
        RawClient client = RawClient.connect(engine.port())) {
      client.send(GET);
      HttpExchange exchange = held.take();
      Future<Boolean> drained = drain(engine, GRACE, LIMIT);
      assertThat(client.isQuietFor(GRACE.multipliedBy(3))).isTrue();
      EngineFixture.echo(exchange);
      RawClient.Answer answer = client.read();
      assertThat(answer.text()).isEqualTo("GET /a ");
      assertThat(answer.header("connection")).isEqualTo("close");
      client.hangUp();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void idleConnectionsAreClosedAfterTheirGrace() throws Exception {
    try (HttpEngine engine = EngineFixture.open(LIMITS, EngineFixture::echo);
        RawClient idle = RawClient.connect(engine.port());
        RawClient silent = RawClient.connect(engine.port())) {
      idle.send(GET).read();
      Future<Boolean> drained = drain(engine, GRACE, LIMIT);
      assertThat(idle.isClosedByServer()).isTrue();
      assertThat(silent.isClosedByServer()).isTrue();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void requestOnAnOpenConnectionIsStillAnsweredWithinTheGrace() throws Exception {
    try (HttpEngine engine = EngineFixture.open(LIMITS, EngineFixture::echo);
        RawClient client = RawClient.connect(engine.port())) {
      client.send(GET).read();
      Future<Boolean> drained = drain(engine, Duration.ofSeconds(5), LIMIT);
      RawClient.Answer answer = client.send(GET).read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("connection")).isEqualTo("close");
      client.hangUp();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void halfOfARequestMayBecomeAWholeOne() throws Exception {
    try (HttpEngine engine = EngineFixture.open(LIMITS, EngineFixture::echo);
        RawClient client = RawClient.connect(engine.port());
        RawClient other = RawClient.connect(engine.port())) {
      client.send(GET).read();
      client.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Le");
      other.send(GET).read(); // a round trip: the other loop has seen what came before, most likely
      Future<Boolean> drained = drain(engine, GRACE, LIMIT);
      assertThat(client.isQuietFor(GRACE.multipliedBy(3))).isTrue();
      client.send("ngth: 4\r\n\r\nab");
      assertThat(client.isQuietFor(GRACE)).isTrue();
      assertThat(client.send("cd").read().text()).isEqualTo("POST /b abcd");
      client.hangUp();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void allRequestsOfAPipelineThatWereReadAreAnswered() throws Exception {
    try (HttpEngine engine = EngineFixture.open(LIMITS, held::add);
        RawClient client = RawClient.connect(engine.port())) {
      client.send(GET.repeat(3));
      HttpExchange first = held.take();
      Future<Boolean> drained = drain(engine, GRACE, LIMIT);
      EngineFixture.echo(first);
      EngineFixture.echo(held.take());
      EngineFixture.echo(held.take());
      assertThat(client.read().header("connection")).isEqualTo("keep-alive");
      assertThat(client.read().header("connection")).isEqualTo("keep-alive");
      assertThat(client.read().header("connection")).isEqualTo("close");
      client.hangUp();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void largeAnswerThatIsBeingTakenIsNotCutOff() throws Exception {
    try (HttpEngine engine = EngineFixture.open(LIMITS, EngineFixture.sending(24 << 20));
        RawClient client = RawClient.slowReader(engine.port())) {
      client.send(GET);
      int length = client.readLength();
      Future<Boolean> drained = drain(engine, GRACE, LIMIT);
      assertThat(client.readBody(length, 1 << 20, Duration.ofMillis(30))).isEqualTo(24 << 20);
      client.hangUp();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  @SuppressWarnings("try") // closed while a request is still held
  void requestThatIsNotAnsweredInTimeIsReported() throws Exception {
    try (HttpEngine engine = EngineFixture.open(LIMITS, held::add);
        RawClient client = RawClient.connect(engine.port())) {
      client.send(GET);
      HttpExchange exchange = held.take();
      assertThat(drain(engine, GRACE, Duration.ofMillis(300)).get(10, TimeUnit.SECONDS)).isFalse();
      engine.close();
      EngineFixture.echo(exchange); // too late, and harmless
    }
  }

  @Test
  void nobodyNewIsLetIn() {
    try (HttpEngine engine = EngineFixture.open(LIMITS, EngineFixture::echo)) {
      int port = engine.port();
      engine.drain();
      assertThatThrownBy(() -> RawClient.connect(port)).isInstanceOf(UncheckedIOException.class);
    }
  }

  /** 16 clients send one request after another, heeding "connection: close", while it stops. */
  @Test
  void clientsThatHeedTheirAnswersLoseNothing() throws Exception {
    for (int round = 0; round < 10; round++) {
      try (HttpEngine engine = EngineFixture.open(LIMITS, EngineFixture::echo)) {
        List<Future<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
          RawClient client = RawClient.connect(engine.port());
          client.send(GET).read();
          clients.add(threads.submit(() -> untilClosed(client)));
        }
        Future<Boolean> drained = drain(engine, Duration.ofSeconds(5), LIMIT);
        for (Future<Integer> client : clients) {
          assertThat(client.get(10, TimeUnit.SECONDS)).isPositive();
        }
        assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static int untilClosed(RawClient client) throws ExecutionException {
    try (client) {
      int answers = 0;
      boolean last = false;
      while (!last) {
        RawClient.Answer answer = client.send(GET).read();
        if (!answer.text().equals("GET /a ")) {
          throw new ExecutionException(new AssertionError(answer.text()));
        }
        answers++;
        last = answer.header("connection").equals("close");
      }
      return answers;
    }
  }
}
