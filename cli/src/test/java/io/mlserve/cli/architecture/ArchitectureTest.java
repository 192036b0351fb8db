package io.mlserve.cli.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every rule holds in the product, and every rule is broken in the bad house beside it. */
class ArchitectureTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/fixtures/"))
          .importPackages("io.mlserve");
  // one of each will do: they differ in their data only
  private static final String ROW = "serving imports its row";
  private static final String LIBRARY = "io.netty.. in its place";
  private static final JavaClasses BAD = new ClassFileImporter().importPackages("badhouse");

  @TestFactory
  Stream<DynamicTest> theProductKeepsTheRules() {
    return new House("io.mlserve")
        .rules().entrySet().stream()
            .map(
                rule ->
                    DynamicTest.dynamicTest(rule.getKey(), () -> rule.getValue().check(PRODUCT)));
  }

  @TestFactory
  Stream<DynamicTest> theBadHouseBreaksThem() {
    House house = new House("badhouse");
    return house.rules().entrySet().stream()
        .filter(rule -> !rule.getKey().endsWith("imports its row") || rule.getKey().equals(ROW))
        .filter(rule -> !rule.getKey().endsWith("in its place") || rule.getKey().equals(LIBRARY))
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.getKey(),
                    () -> assertThat(rule.getValue().evaluate(BAD).hasViolation()).isTrue()));
  }

  @Test
  void theDocumentHasTheRowOfEveryPackage() throws IOException {
    String document =
        Files.readString(Path.of("").toAbsolutePath().resolveSibling("ARCHITECTURE.md"));
    House.IMPORTS.forEach(
        (name, imports) -> {
          if (PRODUCT.containPackage("io.mlserve." + name)) {
            assertThat(document.lines())
                .describedAs("row of %s in ARCHITECTURE.md", name)
                .anyMatch(
                    line ->
                        line.startsWith("| `" + name + "` |")
                            && line.replace("| |", "|  |")
                                .endsWith("| " + String.join(", ", imports) + " |"));
          }
        });
  }

  /** What it is, where to start, what belongs elsewhere: three paragraphs at least. */
  @Test
  void everyPackageIntroducesItself() throws IOException {
    Path project = Path.of("").toAbsolutePath().resolveSibling("");
    for (String module : List.of("lib", "commands", "cli")) {
      try (Stream<Path> files = Files.walk(project.resolve(module).resolve("src/main/java"))) {
        for (Path info : files.filter(f -> f.endsWith("package-info.java")).toList()) {
          assertThat(Files.readString(info).split("<p>"))
              .describedAs("%s: paragraphs", info)
              .hasSizeGreaterThanOrEqualTo(3);
        }
      }
    }
  }
}
