package io.mlserve.metrics;

/** Servers under whose names of metrics ours can be shown as well, for the dashboards there are. */
public enum ForeignNames {
  /** The fork of TensorFlow Serving that counts calls per version. */
  TFS_FORK,
  /** TensorFlow Serving. */
  TFS,
  /** Triton Inference Server. */
  TRITON,
  /** Paddle Serving. */
  PADDLE,
  /** Seldon Core. */
  SELDON
}
