package io.mlserve.remote;

import java.util.Optional;

/**
 * What was pulled into a target, kept beside it, so that the next pull can tell that nothing
 * changed on either side.
 *
 * @param origin identity of the source
 * @param form whether the target is a file, a folder, or the content of an archive
 * @param state what the source called the state that was pulled; empty if it calls it nothing
 * @param sha256 of the downloaded file, or of the folder's list of digests
 * @param local what the target looked like right afterwards
 */
record Receipt(String origin, Form form, Optional<String> state, Checksum sha256, Checksum local) {
  /** What a pull makes of its source. */
  enum Form {
    FILE,
    FOLDER,
    UNPACKED
  }

  private static final String FIRST_WORD = "mlserve-pull-1";
  private static final int WORDS = 6;

  String text() {
    return String.join(
            " ",
            FIRST_WORD,
            origin,
            form.name(),
            state.map(s -> "=" + PercentCoding.encode(s)).orElse("-"),
            sha256.hex(),
            local.hex())
        + "\n";
  }

  /** Empty if {@code text} is not exactly what {@link #text} gives: it was cut by a crash. */
  static Optional<Receipt> parse(String text) {
    String[] words = text.stripTrailing().split(" ", -1);
    if (words.length != WORDS || !words[0].equals(FIRST_WORD)) {
      return Optional.empty();
    }
    try {
      Receipt receipt =
          new Receipt(
              words[1],
              Form.valueOf(words[2]),
              words[3].equals("-")
                  ? Optional.empty()
                  : Optional.of(PercentCoding.decode(words[3].substring(1))),
              Checksum.parse(words[4]),
              Checksum.parse(words[5]));
      return Optional.of(receipt).filter(r -> r.text().equals(text));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }
}
