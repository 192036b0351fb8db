package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.OptionalLong;

/**
 * A model, and how it is asked.
 *
 * @param model may be empty where the API knows no models
 * @param version the version to ask for; empty for whichever the server thinks right
 */
public record Target(
    Endpoint endpoint, Api api, String model, OptionalLong version, Access access) {
  /** Refuses an endpoint that cannot be asked that way. */
  public Target {
    if (!api.fits(endpoint)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "%s with the API %s (expected: %s)"
              .formatted(endpoint.text(), api.word(), Api.usual(endpoint).word()));
    }
  }

  /** With the usual API of that address, and nothing to show. */
  public static Target parse(String address, String model, OptionalLong version) {
    Endpoint endpoint = Endpoint.parse(address);
    return new Target(endpoint, Api.usual(endpoint), model, version, Access.PLAIN);
  }
}
