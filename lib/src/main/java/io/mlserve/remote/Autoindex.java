package io.mlserve.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page that Apache, nginx or Python make for a folder, read as a listing. */
final class Autoindex {
  private static final Pattern LINK =
      Pattern.compile("<a\\s[^>]*?href\\s*=\\s*[\"']([^\"'<>]*)[\"']", Pattern.CASE_INSENSITIVE);

  private Autoindex() {}

  /**
   * The links that lead to direct children. Links elsewhere, to a parent, another host or another
   * sorting of the page, are no entries; a link whose name is not plain is {@code DATA_LOSS}.
   */
  static List<RemoteEntry> entries(String html, String where) {
    Map<String, RemoteEntry> entries = new TreeMap<>();
    Matcher link = LINK.matcher(html);
    while (link.find()) {
      String target = link.group(1).replace("&amp;", "&").replaceFirst("^\\./", "");
      boolean folder = target.endsWith("/");
      String encoded = folder ? target.substring(0, target.length() - 1) : target;
      if (encoded.isEmpty() || encoded.equals("..") || leadsElsewhere(encoded)) {
        continue;
      }
      String name = RemotePath.checkName(decoded(encoded, where), where);
      entries.put(name, folder ? RemoteEntry.folder(name) : RemoteEntry.file(name));
    }
    return new ArrayList<>(entries.values());
  }

  private static boolean leadsElsewhere(String target) {
    return target.indexOf('/') >= 0
        || target.indexOf('?') >= 0
        || target.indexOf('#') >= 0
        || target.matches("[A-Za-z][A-Za-z0-9+.-]*:.*");
  }

  private static String decoded(String encoded, String where) {
    try {
      return PercentCoding.decode(encoded);
    } catch (IllegalArgumentException e) {
      return RemotePath.checkName("", where + " (" + e.getMessage() + ")");
    }
  }
}
