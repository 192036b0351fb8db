package io.mlserve.server;

import io.mlserve.admin.AdminHandler;
import io.mlserve.admin.Guard;
import io.mlserve.admin.StatusPage;
import io.mlserve.config.ConfigFile;
import io.mlserve.http.HttpEngine;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.Router;
import io.mlserve.protocol.oip.OipRestRepository;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.store.TimestampFile;
import io.mlserve.transport.EventLoops;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The listener of operators, put together. */
final class AdminFront {
  // An operator's request goes on after this, but is answered.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  // Configurations in requests are relative to where the server was started, if it has no file.
  private static final Path NO_FILE = Path.of("configuration");

  private AdminFront() {}

  /** Whom operators ask about. */
  record Parts(ModelSources sources, AdminHandler.Subjects subjects) {}

  /** Starts to listen; the caller closes the engine. */
  static HttpEngine open(
      ServerOptions.Admin operators,
      EventLoops loops,
      ServerOptions options,
      Parts parts,
      List<Router.Route> shared) {
    ConfigFile config =
        parts.sources().config().orElse(new ConfigFile(NO_FILE, TimestampFile.DEFAULT_NAME));
    ModelRegistry models = parts.subjects().models();
    List<Router.Route> routes = new ArrayList<>(shared);
    Set<String> open = Set.of(StatusPage.PATH); // if there is none, everybody may know
    if (operators.page()) {
      routes.add(new Router.Route(StatusPage.PATH, new StatusPage()));
    }
    routes.add(
        new Router.Route("/admin/v1/", new AdminHandler(parts.subjects(), config, PATIENCE)));
    routes.add(
        new Router.Route("/v2/repository/", new OipRestRepository(models, Optional.of(models))));
    HttpHandler inside = new Router(routes);
    return HttpEngine.open(
        operators.address(),
        loops,
        options.http(),
        options.tls(),
        Guard.before(inside, operators.tokenFile(), open));
  }
}
