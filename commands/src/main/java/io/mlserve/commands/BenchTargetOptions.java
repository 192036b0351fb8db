package io.mlserve.commands;

import io.mlserve.bench.Access;
import io.mlserve.bench.Api;
import io.mlserve.bench.Endpoint;
import io.mlserve.bench.Header;
import io.mlserve.bench.Request;
import io.mlserve.bench.Target;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What {@code mlserve bench} measures, and how it is asked. */
final class BenchTargetOptions {
  private static final List<String> SCHEMES =
      List.of("http", "https", "grpc", "grpcs", "unix", "inproc");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..1", // a subcommand has none
      paramLabel = "TARGET",
      description = {
        "http://HOST:PORT or https://HOST:PORT, without the API's path; grpc://HOST:PORT or"
            + " grpcs://HOST:PORT; unix:///SOCKET for HTTP over a socket in the file system;"
            + " inproc:PATH for a model that runs in this process, which costs no wire."
      })
  private @Nullable String address;

  @Option(
      names = {"-u", "--url"},
      paramLabel = "TARGET",
      description = "The same as the argument TARGET.")
  private @Nullable String url;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME",
      description = "Model to send requests to.")
  private @Nullable String model;

  @Option(
      names = "--model-version",
      paramLabel = "N",
      description = "Version to ask for (default: whichever the server thinks right).")
  private Optional<Long> modelVersion = Optional.empty();

  @Option(
      names = "--api",
      paramLabel = "API",
      converter = ApiConverter.class,
      description = {
        "tfs-rest (default for http and unix), v2, v2-binary, v2-grpc (default for grpc), tfs-grpc,"
            + " or raw: --input is then the body of an HTTP request to TARGET as it stands."
      })
  private Optional<Api> api = Optional.empty();

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "Method of the requests of --api raw (default: POST with a body, else GET).")
  private Optional<String> method = Optional.empty();

  @Option(
      names = "--content-type",
      paramLabel = "TYPE",
      defaultValue = "application/json",
      description = "Content type of the requests of --api raw (default: ${DEFAULT-VALUE}).")
  private String contentType;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME: VALUE",
      converter = HeaderConverter.class,
      description = "Send this header with every request; may be given several times.")
  private List<Header> headers = new ArrayList<>();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The first line of FILE is a bearer token to send.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description = "Trust the certificates in FILE (PEM) instead of the Java runtime's.")
  private Optional<Path> cacert = Optional.empty();

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "Certificate to show the server (PEM); with --key.")
  private Optional<Path> cert = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Key of --cert (PEM, PKCS 8, not encrypted).")
  private Optional<Path> key = Optional.empty();

  @Option(
      names = "--compress",
      description = {
        "Send bodies and messages compressed with gzip: HTTP bodies are packed once, before the"
            + " load; messages of gRPC each time, at the cost of the load generator."
      })
  private boolean compress;

  /** The target; says which option is missing or does not fit. */
  Target target() {
    if (address != null && url != null) {
      throw new ParameterException(
          spec.commandLine(), "TARGET '%s' with --url (expected: one of them)".formatted(address));
    }
    String given = address();
    Api language = api.orElseGet(() -> Api.usual(endpoint(given)));
    boolean named = language != Api.RAW && language != Api.INPROC;
    String name = named ? given("option --model", model) : model == null ? "" : model;
    if (modelVersion.isPresent() && modelVersion.get() < 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--model-version: '%d' (expected: at least 0)".formatted(modelVersion.get()));
    }
    if (compress && language == Api.INPROC) {
      throw new ParameterException(
          spec.commandLine(), "--compress with inproc (expected: a server that is sent bytes)");
    }
    if (cert.isPresent() != key.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "one of --cert and --key is missing (expected: both)");
    }
    return new Target(
        endpoint(language == Api.RAW ? origin(given) : given),
        language,
        name,
        modelVersion.map(OptionalLong::of).orElse(OptionalLong.empty()),
        new Access(headers(), compress, cacert, cert, key));
  }

  // 'htp://x' and '127.0.0.1:8501' are one step from what is meant
  private static Endpoint endpoint(String text) {
    try {
      return Endpoint.parse(text);
    } catch (MlserveException e) {
      throw meant(text).map(e::withHint).orElse(e);
    }
  }

  private static Optional<String> meant(String text) {
    int end = text.indexOf("://");
    if (end < 0) {
      return text.matches("[\\w.-]+:\\d{1,5}(/.*)?")
          ? Optional.of("did you mean http://" + text + "?")
          : Optional.empty();
    }
    String scheme = text.substring(0, end);
    return Suggestions.closest(scheme, SCHEMES)
        .filter(close -> !close.equals(scheme))
        .map(close -> "did you mean " + close + text.substring(end) + "?");
  }

  /** As it was given. */
  String address() {
    return given("TARGET", address == null ? url : address);
  }

  /** One request of {@code --api raw}. */
  Request raw(byte[] body) {
    String given = address();
    String path = given.startsWith("unix:") ? "/" : given.substring(origin(given).length());
    List<Header> type =
        body.length == 0 ? List.of() : List.of(new Header("Content-Type", contentType));
    return new Request.Http(
        method.orElse(body.length == 0 ? "GET" : "POST"),
        path.startsWith("/") ? path : "/" + path,
        type,
        body);
  }

  private static String origin(String url) {
    int host = url.indexOf("://") + 3;
    if (host < 3 || url.startsWith("unix:")) {
      return url;
    }
    for (int i = host; i < url.length(); i++) {
      if ("/?#".indexOf(url.charAt(i)) >= 0) {
        return url.substring(0, i);
      }
    }
    return url;
  }

  private List<Header> headers() {
    List<Header> all = new ArrayList<>(headers);
    tokenFile.ifPresent(file -> all.add(new Header("Authorization", "Bearer " + token(file))));
    return all;
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "--token-file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private String given(String what, @Nullable String value) {
    if (value == null) {
      throw new ParameterException(spec.commandLine(), what + " is missing");
    }
    return value;
  }

  /** Reads {@code v2-grpc}. */
  static final class ApiConverter implements ITypeConverter<Api> {
    @Override
    public Api convert(String text) {
      return Api.of(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'"
                          + text
                          + "' (expected: one of "
                          + Arrays.stream(Api.values())
                              .map(Api::word)
                              .collect(Collectors.joining(", "))
                          + ")"));
    }
  }

  /** Reads {@code NAME: VALUE}. */
  static final class HeaderConverter implements ITypeConverter<Header> {
    @Override
    public Header convert(String text) {
      try {
        return Header.parse(text);
      } catch (MlserveException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
