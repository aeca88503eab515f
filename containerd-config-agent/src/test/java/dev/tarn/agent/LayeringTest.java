package dev.tarn.agent;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What may import what in the agent; what the package documentation promises, held. */
@AnalyzeClasses(packages = "dev.tarn.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
  private static final DescribedPredicate<JavaClass> TARN = resideInAPackage("dev.tarn..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices()
          .matching("dev.tarn.agent.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a cycle is one package with two names");

  @ArchTest
  static final ArchRule ofTarnOnlyNamesAreKnown =
      noClasses()
          .should()
          .dependOnClassesThat(
              TARN.and(
                  not(
                      resideInAnyPackage(
                          "dev.tarn.agent..", "dev.tarn.core.name..", "dev.tarn.core.digest.."))))
          .because("it is the one process with rights on the host, and must stay small");

  @ArchTest
  static final ArchRule fewLibrariesAreKnown =
      noClasses()
          .should()
          .dependOnClassesThat(
              not(resideInAnyPackage(
                      "java..",
                      "javax.net..",
                      "org.jspecify..",
                      "org.slf4j..",
                      "org.tomlj..",
                      "ch.qos.logback..",
                      "picocli..",
                      "dev.tarn.."))
                  .and(not(DescribedPredicate.describe("primitives", LayeringTest::isPrimitive))))
          .because("whoever reads it should have to trust little else");

  @ArchTest
  static final ArchRule whatStandsInAFileIsDecidedWithoutFiles =
      noClasses()
          .that()
          .resideInAPackage("dev.tarn.agent.hosts..")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(
              java.nio.file.Files.class,
              java.io.File.class,
              java.io.FileInputStream.class,
              java.io.FileOutputStream.class,
              java.nio.channels.FileChannel.class)
          .because("text in, text out: that is what can be tried by the ten thousand");

  @ArchTest
  static final ArchRule hostsKnowNobody =
      onlyKnows("hosts", "it is what all others are about", "dev.tarn.core.name..");

  @ArchTest static final ArchRule filesKnowNobody = onlyKnows("files", "they are the bottom");

  @ArchTest
  static final ArchRule treesKnowFilesAndWhatStandsInThem =
      onlyKnows(
          "tree",
          "an entry is put there whoever wants it there",
          "dev.tarn.agent.files..",
          "dev.tarn.agent.hosts..",
          "dev.tarn.core.name..");

  @ArchTest
  static final ArchRule findingKnowsFilesOnly =
      onlyKnows("containerd", "it only reads", "dev.tarn.agent.files..", "dev.tarn.core.name..");

  @ArchTest
  static final ArchRule theMirrorsClientKnowsNoTree =
      onlyKnows(
          "mirror",
          "whether it is well must not depend on what is done about it",
          "dev.tarn.agent.hosts..",
          "dev.tarn.core.name..");

  @ArchTest static final ArchRule metricsKnowNobody = onlyKnows("metrics", "they are told figures");

  @ArchTest
  static final ArchRule theLoggingLibraryIsSetUpInOnePlace =
      onlyIn("dev.tarn.agent.logging..", "ch.qos.logback..");

  @ArchTest
  static final ArchRule theCommandLineParserStaysInTheCommands =
      noClasses()
          .that(not(DescribedPredicate.describe("commands", LayeringTest::isCommand)))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..")
          .because("an agent that runs should not load it");

  @ArchTest
  static final ArchRule nobodyKnowsTheCompositionRoot =
      classes()
          .that()
          .resideInAPackage("dev.tarn.agent")
          .should()
          .onlyHaveDependentClassesThat()
          .resideInAPackage("dev.tarn.agent")
          .because("it puts the parts together, so no part may need it");

  @ArchTest static final ArchRule theCanaryIsNotLoadedWhereItIsOff = onlyTheRootKnows("canary");
  @ArchTest static final ArchRule theTaintIsNotLoadedWhereItIsOff = onlyTheRootKnows("taint");
  @ArchTest static final ArchRule setupIsACommandOfItsOwn = onlyTheRootKnows("setup");

  private static ArchRule onlyTheRootKnows(String name) {
    String home = "dev.tarn.agent." + name + "..";
    return noClasses()
        .that()
        .resideOutsideOfPackages(home, "dev.tarn.agent")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(home)
        .because("it is off by default, and an agent that runs without it should not load it");
  }

  private static boolean isPrimitive(JavaClass type) {
    return type.isPrimitive() || type.isArray();
  }

  private static boolean isCommand(JavaClass type) {
    return type.isAnnotatedWith("picocli.CommandLine$Command")
        || type.getName().startsWith("dev.tarn.agent.Commands")
        || type.isAnonymousClass();
  }

  private static ArchRule onlyIn(String home, String library) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because("one package owns what this library can do");
  }

  private static ArchRule onlyKnows(String name, String reason, String... known) {
    String home = "dev.tarn.agent." + name + "..";
    return noClasses()
        .that()
        .resideInAPackage(home)
        .should()
        .dependOnClassesThat(
            TARN.and(not(resideInAPackage(home))).and(not(resideInAnyPackage(known))))
        .because(reason);
  }
}
