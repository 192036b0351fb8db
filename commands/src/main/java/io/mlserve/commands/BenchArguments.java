package io.mlserve.commands;

import java.util.ArrayList;
import java.util.List;

/** Keeps out of results what headers may carry. */
final class BenchArguments {
  private BenchArguments() {}

  /** The arguments of a command line with the values of headers left out. */
  static List<String> hidden(List<String> arguments) {
    List<String> shown = new ArrayList<>();
    boolean header = false;
    for (String argument : arguments) {
      boolean joined = argument.startsWith("-H") && argument.length() > 2;
      boolean assigned = argument.startsWith("--header=");
      shown.add(header || joined || assigned ? name(argument) : argument);
      header = argument.equals("-H") || argument.equals("--header");
    }
    return shown;
  }

  private static String name(String header) {
    int colon = header.indexOf(':');
    return colon < 0 ? "..." : header.substring(0, colon) + ": ...";
  }
}
