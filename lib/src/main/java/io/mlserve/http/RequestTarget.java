package io.mlserve.http;

/** The second word of a request line. */
final class RequestTarget {
  private RequestTarget() {}

  /**
   * The path of {@code target}, still percent-encoded, without the query. Besides the usual form
   * there is the absolute one, {@code http://host/path}, which a server must take (RFC 9112,
   * section 3.2.2).
   */
  static String path(String target) {
    int start = 0;
    int scheme = target.indexOf("://");
    if (scheme > 0 && target.charAt(0) != '/') {
      int slash = target.indexOf('/', scheme + 3);
      if (slash < 0) {
        return "/";
      }
      start = slash;
    }
    int query = target.indexOf('?', start);
    return target.substring(start, query < 0 ? target.length() : query);
  }

  /** The query of {@code target}, still percent-encoded, without its question mark. */
  static String query(String target) {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }
}
