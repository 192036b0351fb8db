package io.mlserve.protocol.tfs;

/** The values of one feature of one example: of one kind, in their order. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; lists would box every number
sealed interface ExampleFeature {
  int size();

  record Integers(long[] values) implements ExampleFeature {
    @Override
    public int size() {
      return values.length;
    }
  }

  record Reals(float[] values) implements ExampleFeature {
    @Override
    public int size() {
      return values.length;
    }
  }

  record Texts(String[] values) implements ExampleFeature {
    @Override
    public int size() {
      return values.length;
    }
  }
}
