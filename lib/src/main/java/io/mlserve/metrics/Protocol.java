package io.mlserve.metrics;

/** Through which front door a request came; each has its place in every version's counters. */
public enum Protocol {
  TFS_REST("tfs-rest"),
  TFS_GRPC("tfs-grpc"),
  OIP_REST("oip-rest"),
  OIP_GRPC("oip-grpc");

  private final String label;

  Protocol(String label) {
    this.label = label;
  }

  /** How it is called in metrics. */
  public String label() {
    return label;
  }
}
