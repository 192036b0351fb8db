package io.mlserve.cli.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which package may know which, and who may do what. Built for a root package, so that a test can
 * show on a bad little house that every rule bites.
 */
final class House {
  /** Each package of the library, and the other packages of ours that it may import. */
  static final Map<String, List<String>> IMPORTS =
      new TreeMap<>(
          Map.ofEntries(
              entry("error", List.of()),
              entry("model", List.of("error")),
              entry("change", List.of()),
              entry("version", List.of("model", "error")),
              entry("runtime", List.of("model", "error")),
              entry("batch", List.of()),
              entry("transport", List.of("error")),
              entry("store", List.of("error")),
              entry("remote", List.of("error")),
              entry("archive", List.of("error")),
              entry("metrics", List.of("model", "error")),
              entry("usage", List.of("metrics", "error")),
              entry("loop", List.of()),
              entry(
                  "serving",
                  List.of(
                      "model", "error", "change", "version", "batch", "runtime", "store", "metrics",
                      "loop")),
              entry("monitor", List.of("remote", "archive", "store", "change", "error")),
              entry("bench", List.of("runtime", "store", "wire", "metrics", "model", "error")),
              entry("tls", List.of("error")),
              entry("http", List.of("error", "metrics", "tls", "transport")),
              entry("grpc", List.of("error", "metrics", "tls", "transport")),
              entry("wire", List.of()),
              entry("config", List.of("serving", "wire", "store", "version", "model", "error")),
              entry(
                  "protocol",
                  List.of(
                      "serving", "config", "http", "grpc", "wire", "metrics", "version", "model",
                      "error")),
              entry(
                  "admin",
                  List.of(
                      "serving", "config", "http", "metrics", "store", "version", "model",
                      "error")),
              entry(
                  "server",
                  List.of(
                      "serving",
                      "config",
                      "http",
                      "grpc",
                      "wire",
                      "protocol",
                      "admin",
                      "tls",
                      "transport",
                      "metrics",
                      "loop",
                      "batch",
                      "runtime",
                      "store",
                      "version",
                      "change",
                      "model",
                      "error"))));

  /** Libraries and the only packages of ours that may see them. */
  static final Map<String, List<String>> LIBRARIES =
      new TreeMap<>(
          Map.of(
              "ai.onnxruntime..", List.of("runtime"),
              "io.netty..", List.of("transport", "http", "grpc", "bench", "protocol"),
              "io.grpc..", List.of("grpc", "wire", "protocol", "bench"),
              "com.google.protobuf..", List.of("wire", "protocol", "config", "bench"),
              "org.snakeyaml..", List.of("config"),
              "org.apache.hadoop..", List.of("remote"),
              "org.apache.commons.net..", List.of("remote"),
              "org.apache.commons.compress..", List.of("archive"),
              "picocli..", List.of("commands", "cli"),
              "org.jline..", List.of("commands")));

  private static final String[] SERVE = {
    "serving", "config", "http", "grpc", "protocol", "admin", "server"
  };
  private static final String[] DELIVERY = {"remote", "archive", "monitor"};
  private static final String[] PURE = {"change", "batch", "version", "model", "error"};
  private static final String[] THREADS = {"loop", "transport", "http", "grpc", "server", "bench"};

  private static final String NULL_MARKED = "org.jspecify.annotations.NullMarked";

  private final String root;

  House(String root) {
    this.root = root;
  }

  /** The rules by name. */
  Map<String, ArchRule> rules() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("no package cycles", slices().matching(root + ".(*)..").should().beFreeOfCycles());
    rules.put("every package is in the table", everyPackageIsKnown());
    IMPORTS.forEach((name, allowed) -> rules.put(name + " imports its row", row(name, allowed)));
    rules.put("the halves meet on disk: serving", halves(SERVE, DELIVERY));
    rules.put("the halves meet on disk: delivery", halves(DELIVERY, SERVE));
    LIBRARIES.forEach((lib, users) -> rules.put(lib + " in its place", library(lib, users)));
    rules.put("pure packages touch nothing", pure());
    rules.put("only Main exits", onlyMainExits());
    rules.put("commands print through picocli", nobodyPrints());
    rules.put("threads in few places", threads());
    rules.put("no class of leftovers", leftovers());
    rules.put("no mutable statics", statics());
    rules.put("packages are @NullMarked", nullMarked());
    return rules;
  }

  private String[] within(String... names) {
    List<String> all = new ArrayList<>();
    for (String name : names) {
      all.add(root + "." + name + "..");
    }
    return all.toArray(new String[0]);
  }

  private DescribedPredicate<JavaClass> generated() {
    return resideInAPackage(root + ".wire..").as("are generated");
  }

  private ArchRule everyPackageIsKnown() {
    List<String> known = new ArrayList<>(IMPORTS.keySet());
    known.addAll(List.of("commands", "cli"));
    return classes()
        .should()
        .resideInAnyPackage(within(known.toArray(new String[0])))
        .because("House.IMPORTS and ARCHITECTURE.md list all packages");
  }

  private ArchRule row(String name, List<String> allowed) {
    List<String> own = new ArrayList<>(allowed);
    own.add(name);
    DescribedPredicate<JavaClass> foreign = DescribedPredicate.not(resideInAPackage(root + ".."));
    return classes()
        .that()
        .resideInAPackage(root + "." + name + "..")
        .should()
        .onlyDependOnClassesThat(foreign.or(resideInAnyPackage(within(own.toArray(new String[0])))))
        .as(name + " imports only " + allowed)
        .allowEmptyShould(true);
  }

  private ArchRule halves(String[] one, String[] other) {
    return noClasses()
        .that()
        .resideInAnyPackage(within(one))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(within(other))
        .allowEmptyShould(true);
  }

  private ArchRule library(String library, List<String> users) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(within(users.toArray(new String[0])))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .as(library + " only in " + users);
  }

  private ArchRule pure() {
    return noClasses()
        .that()
        .resideInAnyPackage(within(PURE))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.nio.file..", "java.nio.channels..", "java.net..", "java.util.concurrent")
                .or(named("java.io.File", "java.io.InputStream", "java.io.OutputStream"))
                .or(named("java.lang.Thread", "java.time.Clock"))
                .and(not(assignableTo(Throwable.class)))) // a value that says what happened
        .orShould()
        .callMethodWhere(clock())
        .as("change, version, model and error touch no files, network, threads or clocks")
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    Set<String> set = Set.of(names);
    return describe("is one of " + set, type -> set.contains(type.getName()));
  }

  private static DescribedPredicate<JavaAccess<?>> clock() {
    return describe(
        "asks for the time",
        access ->
            access.getTarget().getName().equals("now")
                || access.getTarget().getName().equals("nanoTime")
                || access.getTarget().getName().equals("currentTimeMillis"));
  }

  private ArchRule onlyMainExits() {
    return noClasses()
        .that()
        .doNotHaveFullyQualifiedName(root + ".cli.Main")
        .should()
        .callMethodWhere(
            describe(
                "ends the JVM",
                call -> {
                  String owner = call.getTargetOwner().getName();
                  String name = call.getTarget().getName();
                  return (owner.equals("java.lang.System") || owner.equals("java.lang.Runtime"))
                      && (name.equals("exit") || name.equals("halt"));
                }));
  }

  private ArchRule nobodyPrints() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".cli..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err");
  }

  private ArchRule threads() {
    Set<String> makers =
        Set.of(
            "java.lang.Thread",
            "java.util.Timer",
            "java.util.concurrent.Executors",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.ScheduledThreadPoolExecutor");
    return noClasses()
        .that()
        .resideOutsideOfPackages(within(THREADS))
        .and()
        .doNotHaveFullyQualifiedName(root + ".runtime.Environment") // once, for its stack
        .and()
        .doNotHaveFullyQualifiedName(root + ".cli.Training") // a client for the server it tries
        .should()
        .callCodeUnitWhere(
            describe(
                "makes a thread",
                call -> {
                  String owner = call.getTargetOwner().getName();
                  CodeUnitCallTarget target = call.getTarget();
                  boolean made =
                      target.getName().equals("<init>")
                          || target.getName().startsWith("new")
                          || target.getName().equals("commonPool");
                  boolean async =
                      owner.equals("java.util.concurrent.CompletableFuture")
                          && target.getName().endsWith("Async");
                  boolean loops = owner.startsWith("io.netty.") && owner.endsWith("EventLoopGroup");
                  return ((makers.contains(owner) || loops) && made) || async;
                }));
  }

  private ArchRule leftovers() {
    return noClasses()
        .that(DescribedPredicate.not(generated()))
        .should()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Manager");
  }

  private ArchRule statics() {
    return fields()
        .that()
        .areDeclaredInClassesThat(DescribedPredicate.not(generated()))
        .and()
        .areStatic()
        .and(
            describe(
                "are written by hand",
                field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)))
        .should()
        .beFinal();
  }

  private ArchRule nullMarked() {
    return classes()
        .that(DescribedPredicate.not(generated()))
        .should(
            new ArchCondition<>("lie in a package annotated @NullMarked") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean marked =
                    type.getPackage()
                        .tryGetPackageInfo()
                        .filter(info -> info.isAnnotatedWith(NULL_MARKED))
                        .isPresent();
                events.add(new SimpleConditionEvent(type, marked, type.getPackageName()));
              }
            });
  }
}
