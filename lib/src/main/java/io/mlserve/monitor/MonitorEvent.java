package io.mlserve.monitor;

/**
 * Something that a monitor did or met, as one line of a log. Texts carry no secrets.
 *
 * @param kind what happened
 * @param text the particulars, one line
 */
public record MonitorEvent(Kind kind, String text) {
  /** How much an event matters. */
  public enum Weight {
    /** For finding out what goes on inside. */
    DEBUG,
    /** A step of the normal course. */
    INFO,
    /** It will be tried again. */
    WARN,
    /** A published model was not installed. */
    ERROR
  }

  /** The kinds of events, in the order in which one update brings them about. */
  public enum Kind {
    /** What this monitor will do, once at its start. */
    STARTED("monitor.start", Weight.INFO),
    /** A state file, timestamp file or folder was put right at the start. */
    REPAIRED("monitor.repair", Weight.WARN),
    DONEFILE_CHECK("donefile.check", Weight.DEBUG),
    /** The source answered that there is none; said once until that changes. */
    DONEFILE_ABSENT("donefile.absent", Weight.INFO),
    /** The source cannot be asked. */
    SOURCE_DOWN("source.down", Weight.WARN),
    /** The source can be asked again. */
    SOURCE_UP("source.up", Weight.INFO),
    DONEFILE_CHANGED("donefile.changed", Weight.INFO),
    PULL_START("pull.start", Weight.INFO),
    PULL_DONE("pull.done", Weight.INFO),
    /** The donefile changed during the pull, which is therefore thrown away and begun again. */
    DONEFILE_MOVED("donefile.moved", Weight.WARN),
    UNPACK_START("unpack.start", Weight.INFO),
    UNPACK_DONE("unpack.done", Weight.INFO),
    CHECK_START("check.start", Weight.INFO),
    CHECK_DONE("check.done", Weight.INFO),
    INSTALL_DONE("install.done", Weight.INFO),
    /** The published files are those that are served already. */
    INSTALL_SAME("install.same", Weight.INFO),
    TOUCH_DONE("touch.done", Weight.INFO),
    PRUNE_DONE("prune.done", Weight.INFO),
    /** Old versions could not be deleted, or the state not written; the update stands. */
    AFTERMATH_FAILED("update.incomplete", Weight.WARN),
    UPDATE_FAILED("update.failed", Weight.ERROR),
    SLEEP("monitor.sleep", Weight.DEBUG);

    private final String code;
    private final Weight weight;

    Kind(String code, Weight weight) {
      this.code = code;
      this.weight = weight;
    }

    /** How logs name it; stays the same from release to release. */
    public String code() {
      return code;
    }

    public Weight weight() {
      return weight;
    }
  }
}
