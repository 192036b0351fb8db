package badhouse.attic;

/** A package that no table lists, with a class of leftovers. */
public final class StringUtils {
  static int count;

  private StringUtils() {}

  static Thread shout(String text) {
    count++;
    System.out.println(text);
    return new Thread();
  }
}
