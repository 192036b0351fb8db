package io.mlserve.bench.result;

import io.mlserve.bench.BenchRun;

/** A run and what was found out by it. Everything that reports show comes from here. */
public record BenchResult(BenchRun run, Findings findings) {}
