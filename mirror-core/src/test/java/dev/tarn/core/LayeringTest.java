package dev.tarn.core;

import static com.tngtech.archunit.base.DescribedPredicate.and;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What may import what: the packages' own documentation, held by a test. */
@AnalyzeClasses(packages = "dev.tarn.core", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

  @ArchTest
  static final ArchRule domainKnowsNoTransport =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.netty..", "java.net..", "com.sun.net..", "io.fabric8..", "com.fasterxml..")
          .because("the domain runs in the server, in the simulator and in tests alike");

  @ArchTest
  static final ArchRule metricsAreReadNotPushed =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..", "ch.qos.logback..")
          .because("core offers statistics; one class of the server makes meters of them");

  @ArchTest
  static final ArchRule noCycles =
      slices()
          .matching("dev.tarn.core.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a package that is understood needs nothing that comes after it");

  @ArchTest static final ArchRule digestDependsOnNothing = dependsOnlyOn("digest");

  @ArchTest static final ArchRule rangeDependsOnNothing = dependsOnlyOn("range");

  @ArchTest static final ArchRule nameDependsOnDigest = dependsOnlyOn("name", "digest");

  @ArchTest
  static final ArchRule storeDependsOnDigestAndRange = dependsOnlyOn("store", "digest", "range");

  @ArchTest
  static final ArchRule containerdDependsOnDigestAndStore =
      dependsOnlyOn("containerd", "digest", "store");

  @ArchTest
  static final ArchRule catalogDependsOnNameAndDigest = dependsOnlyOn("catalog", "name", "digest");

  @ArchTest
  static final ArchRule tagDependsOnNameDigestAndCatalog =
      dependsOnlyOn("tag", "name", "digest", "catalog");

  @ArchTest
  static final ArchRule proofDependsOnNameDigestCatalogAndStore =
      dependsOnlyOn("proof", "name", "digest", "catalog", "store");

  @ArchTest
  static final ArchRule transferDependsOnStoreDigestAndRange =
      dependsOnlyOn("transfer", "store", "digest", "range");

  @ArchTest static final ArchRule placementDependsOnDigest = dependsOnlyOn("placement", "digest");

  @ArchTest
  static final ArchRule plannerDependsOnPlacementNameDigestAndRange =
      dependsOnlyOn("planner", "placement", "name", "digest", "range");

  @ArchTest
  static final ArchRule oneClassKnowsTheDiskLayoutOfContent =
      noClasses()
          .that()
          .resideInAPackage("dev.tarn.core.store")
          .and()
          .doNotHaveSimpleName("StoreLayout")
          .should()
          .callMethod(java.nio.file.Path.class, "resolve", String.class)
          .because("StoreLayout is the one class that knows where things lie");

  private static ArchRule dependsOnlyOn(String name, String... others) {
    String[] own = new String[others.length + 1];
    own[0] = "dev.tarn.core." + name + "..";
    for (int i = 0; i < others.length; i++) {
      own[i + 1] = "dev.tarn.core." + others[i] + "..";
    }
    return noClasses()
        .that()
        .resideInAPackage(own[0])
        .should()
        .dependOnClassesThat(and(resideInAPackage("dev.tarn.."), not(resideInAnyPackage(own))))
        .because("package-info of " + name + " says so");
  }
}
