package io.mlserve.remote;

/** What a source is shown to be let in. {@code toString()} never holds the secret. */
public sealed interface Credential {
  /** A user and a password; the password may be empty. */
  record Login(String user, String password) implements Credential {
    @Override
    public String toString() {
      return "Login[user=" + user + ", password=***]";
    }
  }

  /** A bearer token, for HTTP only. */
  record Token(String token) implements Credential {
    @Override
    public String toString() {
      return "Token[***]";
    }
  }
}
