package io.mlserve.metrics;

import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;

/** Distributions as Prometheus wants its histograms. */
final class Histograms {
  private Histograms() {}

  /** Names and values, in the same order. */
  record Labels(List<String> names, List<String> values) {
    Labels with(String name, String value) {
      List<String> moreNames = new ArrayList<>(names);
      moreNames.add(name);
      List<String> moreValues = new ArrayList<>(values);
      moreValues.add(value);
      return new Labels(moreNames, moreValues);
    }
  }

  /**
   * Buckets as Prometheus calls them.
   *
   * @param bounds the upper bounds as text
   * @param unit how many of ours make one of Prometheus'
   */
  record Scale(List<String> bounds, double unit) {
    static Scale of(long[] bounds, double unit) {
      List<String> labels = new ArrayList<>();
      for (long bound : bounds) {
        labels.add(Collector.doubleToGoString(bound / unit));
      }
      labels.add("+Inf");
      return new Scale(List.copyOf(labels), unit);
    }
  }

  /** What was read of a distribution, and how it is to be shown. */
  record Read(Scale scale, Distribution.Sum sum) {}

  /** Appends the samples of one histogram. */
  static void add(
      List<Collector.MetricFamilySamples.Sample> samples, String name, Labels labels, Read read) {
    List<String> bucketNames = labels.with("le", "").names();
    List<String> bounds = read.scale().bounds();
    String bucket = name + "_bucket";
    long cumulative = 0;
    for (int at = 0; at < bounds.size(); at++) {
      cumulative += read.sum().counts().get(at);
      List<String> values = new ArrayList<>(labels.values().size() + 1);
      values.addAll(labels.values());
      values.add(bounds.get(at));
      samples.add(
          new Collector.MetricFamilySamples.Sample(bucket, bucketNames, values, cumulative));
    }
    samples.add(
        new Collector.MetricFamilySamples.Sample(
            name + "_count", labels.names(), labels.values(), cumulative));
    samples.add(
        new Collector.MetricFamilySamples.Sample(
            name + "_sum",
            labels.names(),
            labels.values(),
            read.sum().sum() / read.scale().unit()));
  }
}
