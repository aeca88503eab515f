package dev.tarn.server;

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

/** Who may know whom in the server; what the package documentation promises, held. */
@AnalyzeClasses(packages = "dev.tarn.server", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
  private static final DescribedPredicate<JavaClass> TARN = resideInAPackage("dev.tarn..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices()
          .matching("dev.tarn.server.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a cycle is one package with two names");

  @ArchTest
  static final ArchRule configurationKnowsOnlyNames =
      onlyKnows(
          "config",
          "it is read before anything is started, and everybody may read it",
          "dev.tarn.core.name..");

  @ArchTest
  static final ArchRule metricsKnowOnlyWhatTheyCount =
      onlyKnows(
          "metrics",
          "others report to it; if it asked them, it could not be injected everywhere",
          "dev.tarn.core.containerd..",
          "dev.tarn.core.name..",
          "dev.tarn.core.placement..",
          "dev.tarn.core.store..",
          "dev.tarn.server.membership..",
          "dev.tarn.server.mirror..",
          "dev.tarn.server.trace..");

  @ArchTest
  static final ArchRule loggingKnowsOnlyItsSettingsAndTheWordsOfTheAccessLog =
      onlyKnows(
          "logging",
          "whatever it imported could not log",
          "dev.tarn.core.name..",
          "dev.tarn.server.config..",
          "dev.tarn.server.metrics..",
          "dev.tarn.server.mirror..");

  @ArchTest
  static final ArchRule theStatusKnowsNobody =
      onlyKnows("status", "it is told facts, so that it can be asked while all else is in trouble");

  @ArchTest
  static final ArchRule theAdminEndpointKnowsNobody =
      onlyKnows(
          "admin",
          "it must answer while everything else is in trouble, so it is given suppliers",
          "dev.tarn.server.net..");

  @ArchTest
  static final ArchRule theUpstreamClientKnowsNoStoreAndNoMirror =
      onlyKnows(
          "upstream",
          "what is fetched must not depend on what is held",
          "dev.tarn.core.name..",
          "dev.tarn.core.digest..",
          "dev.tarn.core.range..",
          "dev.tarn.server.net..");

  @ArchTest
  static final ArchRule filesKnowNobody =
      onlyKnows("files", "whoever reads one that may change needs the same care");

  @ArchTest
  static final ArchRule tracesKnowNobody =
      onlyKnows("trace", "a client's word, which is passed on and never acted upon");

  @ArchTest
  static final ArchRule theAgentsDeskKnowsWhomItMayHaveAsked =
      onlyKnows(
          "agent",
          "it answers a neighbour with rights on the host, so it is to be read in one sitting",
          "dev.tarn.core.name..",
          "dev.tarn.server.files..",
          "dev.tarn.server.upstream..");

  @ArchTest
  static final ArchRule credentialsKnowTheirFilesAndWhatTheyAreFor =
      onlyKnows(
          "credentials",
          "who is shown what is found is decided in the upstream client, and there alone",
          "dev.tarn.core.name..",
          "dev.tarn.server.config..",
          "dev.tarn.server.files..",
          "dev.tarn.server.upstream..");

  @ArchTest
  static final ArchRule processesAreStartedInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.tarn.server", "dev.tarn.server.credentials")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class)
          .because("what is started has to be bounded in time and output");

  @ArchTest
  static final ArchRule theMirrorKnowsWhereContentComesFromOnly =
      onlyKnows(
          "mirror",
          "how a client speaks and how an operator configures are not its business",
          "dev.tarn.core..",
          "dev.tarn.server.peer.runtime..",
          "dev.tarn.server.upstream..");

  @ArchTest
  static final ArchRule theRegistryEndpointKnowsTheMirrorAndTheAgentsDeskOnly =
      onlyKnows(
          "registry",
          "it parses requests and writes answers; who watches is told by a listener",
          "dev.tarn.core..",
          "dev.tarn.server.agent..",
          "dev.tarn.server.mirror..",
          "dev.tarn.server.trace..",
          "dev.tarn.server.upstream..",
          "dev.tarn.server.net..");

  @ArchTest
  static final ArchRule peersKnowThePlannerAndNoMirror =
      onlyKnows(
          "peer",
          "what nodes give each other is decided by the planner, and stored behind an interface",
          "dev.tarn.core..",
          "dev.tarn.server.net..",
          "dev.tarn.server.pki..");

  @ArchTest
  static final ArchRule certificatesKnowNobody =
      onlyKnows("pki", "what is written and signed has to be readable without the rest");

  @ArchTest
  static final ArchRule theMembershipKnowsNoTransferAndNoEndpoint =
      onlyKnows(
          "membership",
          "who is there must not depend on what is done with them",
          "dev.tarn.core.placement..",
          "dev.tarn.server.net..");

  @ArchTest
  static final ArchRule kubernetesIsKnownByTheMembershipAndByCommands =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.tarn.server.membership.kubernetes..",
              "dev.tarn.server.certificates..",
              "dev.tarn.server.uninstall..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.fabric8..")
          .because("a node loads what its informer needs, and commands need other parts");

  @ArchTest
  static final ArchRule theCertificatesCommandKnowsNothingOfNodes =
      onlyKnows(
          "certificates",
          "it runs in a process of its own, with rights that no node has",
          "dev.tarn.server.membership.kubernetes",
          "dev.tarn.server.pki..");

  @ArchTest
  static final ArchRule theUninstallCommandKnowsNothingOfNodes =
      onlyKnows(
          "uninstall",
          "it runs when the release is gone, with rights that no node has",
          "dev.tarn.server.membership.kubernetes");

  @ArchTest
  static final ArchRule theConsoleKnowsNobody =
      onlyKnows(
          "console", "a command is what it prints, whichever node of whatever version it asks");

  @ArchTest
  static final ArchRule theDoctorLooksFromOutside =
      onlyKnows(
          "doctor",
          "what it finds has to be so for clients and operators, not by the node's own word",
          "dev.tarn.core.digest..",
          "dev.tarn.core.name..",
          "dev.tarn.core.placement..",
          "dev.tarn.core.store",
          "dev.tarn.server.config..",
          "dev.tarn.server.console..",
          "dev.tarn.server.membership",
          "dev.tarn.server.net..",
          "dev.tarn.server.peer.tls..",
          "dev.tarn.server.pki..");

  @ArchTest
  static final ArchRule httpStaysAtTheEdges =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.tarn.server.registry..",
              "dev.tarn.server.upstream..",
              "dev.tarn.server.peer..",
              "dev.tarn.server.admin..",
              "dev.tarn.server.membership.kubernetes.http",
              "dev.tarn.server.net..",
              "dev.tarn.server.demo..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty.handler.codec.http..")
          .because("inside, a request is what it means and not how it was written");

  @ArchTest
  static final ArchRule yamlIsReadInOnePlace =
      onlyIn("dev.tarn.server.config", "org.yaml.snakeyaml..");

  @ArchTest
  static final ArchRule metersAreMadeInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.tarn.server.metrics..", "dev.tarn.server")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micrometer..")
          .because("one class names every meter, and the composition root makes their registry");

  @ArchTest
  static final ArchRule theLoggingLibraryIsSetUpInOnePlace =
      onlyIn("dev.tarn.server.logging", "ch.qos.logback..");

  @ArchTest
  static final ArchRule theCommandLineParserStaysInTheCommandLine =
      noClasses()
          .that(not(DescribedPredicate.describe("commands", LayeringTest::isCommands)))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..")
          .because("a node that starts should not load it");

  @ArchTest
  static final ArchRule nobodyKnowsTheCompositionRoot =
      classes()
          .that()
          .resideInAPackage("dev.tarn.server")
          .should()
          .onlyHaveDependentClassesThat()
          .resideInAnyPackage("dev.tarn.server", "dev.tarn.server.demo")
          .because("it puts the parts together, so no part may need it");

  private static boolean isCommands(JavaClass type) {
    String name = type.getName();
    return name.startsWith("dev.tarn.server.CommandLine")
        || name.matches(
            "dev\\.tarn\\.server\\.((Admin|Output)Options|[A-Z][A-Za-z]+Commands?)(\\$.*)?");
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
    String home = "dev.tarn.server." + name + "..";
    return noClasses()
        .that()
        .resideInAPackage(home)
        .should()
        .dependOnClassesThat(
            TARN.and(not(resideInAPackage(home))).and(not(resideInAnyPackage(known))))
        .because(reason);
  }
}
