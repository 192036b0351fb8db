package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which servers share the traffic. */
final class FleetOptions {
  private static final Pattern DNS = Pattern.compile("dns:([A-Za-z0-9._-]+):([0-9]{1,5})");
  private static final int MOST_PORTS = 65535;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"--servers", "--target"},
      paramLabel = "URL",
      split = ",",
      description = "Ask the admin listener of each server; all that share the traffic.")
  private List<String> servers = List.of();

  @Option(
      names = "--discover",
      paramLabel = "dns:NAME:PORT",
      description =
          "Ask the admin listener at PORT of every address that NAME has, such as a headless"
              + " service of Kubernetes that publishes pods that are not ready, too.")
  private List<String> names = List.of();

  /** Whether any server is named. */
  boolean isGiven() {
    return !servers.isEmpty() || !names.isEmpty();
  }

  /** The admin listener of each; {@code UNAVAILABLE} if a name cannot be looked up now. */
  List<URI> uris() {
    return Stream.concat(
            servers.stream().map(url -> ServerUrl.parse(spec, url)),
            names.stream().flatMap(this::addresses))
        .distinct()
        .toList();
  }

  private Stream<URI> addresses(String text) {
    Matcher form = DNS.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(2)) > MOST_PORTS) {
      throw new ParameterException(
          spec.commandLine(), "--discover: '" + text + "' (expected: dns:NAME:PORT)");
    }
    try {
      return Arrays.stream(InetAddress.getAllByName(form.group(1)))
          .map(address -> URI.create("http://" + host(address) + ":" + form.group(2)));
    } catch (UnknownHostException e) {
      // without the list nobody can say who was not asked
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "--discover: no address of '" + form.group(1) + "'", e);
    }
  }

  private static String host(InetAddress address) {
    String text = address.getHostAddress().replaceFirst("%.*", "");
    return address instanceof Inet6Address ? "[" + text + "]" : text;
  }
}
