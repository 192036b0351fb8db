package io.mlserve.commands;

/** A switch that is named on the command line. */
enum OnOff {
  ON,
  OFF
}
