package dev.tarn.agent.tree;

import static dev.tarn.agent.tree.Node.ALL;
import static dev.tarn.agent.tree.Node.HUB;
import static dev.tarn.agent.tree.Node.PEM;
import static dev.tarn.agent.tree.Node.QUAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.LocalFiles;
import dev.tarn.agent.hosts.UpstreamHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsTreeTest {
  private static final String HARBOR =
      """
      # the operator's
      server = "https://registry-1.docker.io"

      # our Harbor
      [host."https://harbor.example/v2/hub"]
        capabilities = ["pull", "resolve"]
        override_path = true
      """;
  private static final String FILE = "docker.io/hosts.toml";
  private static final String TABLE =
      "[host.\"http://127.0.0.1:5050\"]\n  capabilities = [\"pull\", \"resolve\"]\n";

  @TempDir Path directory;
  private Node node;
  private HostsTree tree;

  @BeforeEach
  void setUp() {
    node = new Node(directory);
    tree = node.tree(LocalFiles.ofThisHost());
  }

  @Test
  void anEntryComesWithItsDirectoriesAndGoesWithThem() {
    Snapshot before = node.snapshot();

    assertThat(urls(tree.put(HUB))).containsExactly("https://registry-1.docker.io");
    assertThat(tree.look(HUB)).isInstanceOf(Standing.Present.class);
    assertThat(tree.standing()).containsExactly(HUB);
    assertThat(node.read(FILE)).contains(TABLE).contains("made=root");
    assertThat(tree.withdraw(HUB)).isInstanceOf(Standing.Absent.class);

    assertThat(node.snapshot()).isEqualTo(before);
    assertThat(tree.standing()).isEmpty();
  }

  @Test
  void whatIsMadeIsReadableByAll() throws IOException {
    tree.put(HUB);

    assertThat(mode(node.root)).isEqualTo("755");
    assertThat(mode(node.root.resolve("docker.io"))).isEqualTo("755");
    assertThat(mode(node.root.resolve(FILE))).isEqualTo("644");
  }

  @Test
  void theRootGoesWithTheLastEntryWhicheverThatIs() {
    Snapshot before = node.snapshot();
    tree.put(HUB);
    tree.put(QUAY);

    tree.withdraw(HUB);
    assertThat(node.has("quay.example:5000/hosts.toml")).isTrue();
    assertThat(node.has("docker.io")).isFalse();
    tree.withdraw(QUAY);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void aRootThatWeMadeStaysOursWhileTheCanaryIsInIt() throws IOException {
    Snapshot before = node.snapshot();
    for (String name : List.of("canary.tarn.invalid", ".canary.tarn.invalid")) {
      tree.put(HUB);
      Path canary = Files.createDirectory(node.root.resolve(name));
      assertThat(tree.withdraw(HUB)).isInstanceOf(Standing.Absent.class);

      Files.delete(canary);
      assertThat(tree.standing()).containsExactly(HUB);
      assertThat(tree.withdraw(HUB)).isInstanceOf(Standing.Absent.class);

      assertThat(node.snapshot()).isEqualTo(before);
    }
  }

  @Test
  void aRootThatSomebodyElseUsesStaysAndLosesOurNote() {
    tree.put(HUB);
    node.write("foreign.example/hosts.toml", "# theirs\n");

    tree.withdraw(HUB);

    assertThat(node.has("foreign.example/hosts.toml")).isTrue();
    assertThat(node.traces()).isEmpty();
  }

  @Test
  void anEmptyRootThatWasThereStays() {
    node.withRoot();
    Snapshot before = node.snapshot();

    tree.put(HUB);
    tree.withdraw(HUB);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void withoutTheDirectoryAboveTheRootNothingIsMade() throws IOException {
    Files.delete(node.etc);

    assertThat(tree.put(HUB)).isInstanceOf(Standing.Failed.class);
    assertThat(tree.withdraw(HUB)).isInstanceOf(Standing.Absent.class);
  }

  @Test
  void whatAnOperatorWroteStaysAndIsAskedBehindUs() throws IOException {
    Path file = node.write(FILE, HARBOR);
    Files.setAttribute(file, "unix:mode", 0640);
    own(file);
    Snapshot before = node.snapshot();

    assertThat(urls(tree.put(HUB)))
        .containsExactly("https://harbor.example/v2/hub", "https://registry-1.docker.io");
    assertThat(node.read(FILE).replaceAll("(?s)# >>> tarn.*# <<< tarn[^\n]*\n", ""))
        .isEqualTo(HARBOR);
    assertThat(mode(file)).isEqualTo("640");
    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(owner());
    assertThat(node.read("docker.io/.hosts.toml.tarn")).endsWith("\n" + HARBOR);
    tree.withdraw(HUB);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void aFileWithAServerOnlyIsAddedTo() {
    node.write(FILE, "server = \"https://registry-1.docker.io\"");
    Snapshot before = node.snapshot();

    assertThat(urls(tree.put(HUB))).containsExactly("https://registry-1.docker.io");
    assertThat(node.read(FILE))
        .startsWith("server = \"https://registry-1.docker.io\"\n# >>>")
        .contains(TABLE);
    tree.withdraw(HUB);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void anEmptyFileIsEmptyAgain() {
    node.write(FILE, "");
    Snapshot before = node.snapshot();

    assertThat(tree.put(HUB)).isInstanceOf(Standing.Present.class);
    tree.withdraw(HUB);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void nothingIsWrittenWhereNothingChanges() throws IOException {
    node.write(FILE, HARBOR);
    tree.put(HUB);
    Path file = node.root.resolve(FILE);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
    Object inode = Files.getAttribute(file, "unix:ino");

    tree.put(HUB);
    tree.look(HUB);

    assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.fromMillis(1000));
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
  }

  @Test
  void driftIsSeenAndPutRight() {
    node.write(FILE, HARBOR);
    tree.put(HUB);
    node.write(FILE, HARBOR + "[host.\"https://b.example\"]\n");

    assertThat(tree.look(HUB)).isInstanceOf(Standing.Absent.class);
    assertThat(urls(tree.put(HUB)))
        .containsExactly(
            "https://harbor.example/v2/hub", "https://b.example", "https://registry-1.docker.io");
    tree.withdraw(HUB);
    assertThat(node.read(FILE)).isEqualTo(HARBOR + "[host.\"https://b.example\"]\n");
    assertThat(node.traces()).isEmpty();
  }

  @Test
  void anotherPortReplacesTheOldOne() {
    node.write(FILE, HARBOR.replace("registry-1", "one"));
    String old = TABLE.replace("5050", "6060");
    new HostsTree(
            LocalFiles.ofThisHost(),
            node.root,
            java.net.URI.create("http://127.0.0.1:6060"),
            path -> path,
            new java.util.SplittableRandom(77))
        .put(HUB);
    assertThat(node.read(FILE)).contains(old);

    tree.put(HUB);

    assertThat(node.read(FILE)).doesNotContain("6060").contains(TABLE);
    assertThat(node.read("docker.io/.hosts.toml.tarn")).contains("5050").doesNotContain("6060");
  }

  @Test
  void anEntryThatAnOperatorWroteIsLeftToHim() {
    node.write(FILE, TABLE);
    Snapshot before = node.snapshot();

    assertThat(why(tree.put(HUB))).contains("http://127.0.0.1:5050", "docker.io/hosts.toml");
    assertThat(tree.withdraw(HUB)).isInstanceOf(Standing.Absent.class);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void aFileThatAnotherProgramWroteAgainIsRenewedAndTakenBack() {
    node.write(FILE, HARBOR);
    tree.put(HUB);
    String rewritten = "server = \"https://a.example\"\n[host]\n" + TABLE;
    node.write(FILE, rewritten);

    assertThat(urls(tree.put(HUB))).containsExactly("https://a.example");
    assertThat(node.read("docker.io/.hosts.toml.tarn")).endsWith(HARBOR);
    tree.withdraw(HUB);

    assertThat(node.read(FILE)).isEqualTo("server = \"https://a.example\"\n[host]\n");
    assertThat(node.traces()).isEmpty();
  }

  @Test
  void aFileOfOursThatAnotherProgramWroteAgainGoesWithItsDirectory() {
    Snapshot before = node.snapshot();
    tree.put(HUB);
    node.write(FILE, "server = 'https://registry-1.docker.io'\n\n[host]\n" + TABLE);

    tree.withdraw(HUB);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void aFileThatSomebodyDeletedIsMadeAgainAndItsDirectoryStaysOurs() throws IOException {
    Snapshot before = node.snapshot();
    tree.put(HUB);
    Files.delete(node.root.resolve(FILE));

    assertThat(tree.put(HUB)).isInstanceOf(Standing.Present.class);
    Files.delete(node.root.resolve(FILE));
    tree.withdraw(HUB);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void aDirectoryOfOursThatSomebodyUsesStays() {
    tree.put(HUB);
    node.write("docker.io/readme", "theirs");

    tree.withdraw(HUB);

    assertThat(node.has("docker.io/hosts.toml")).isFalse();
    assertThat(node.read("docker.io/readme")).isEqualTo("theirs");
    assertThat(node.traces()).isEmpty();
  }

  @Test
  void certificatesThatContainerdTrustedAreStillTrusted() {
    node.write("docker.io/ca.crt", PEM);
    Snapshot before = node.snapshot();

    Standing standing = tree.put(HUB);

    assertThat(((Standing.Present) standing).upstreams().getFirst().ca()).contains(PEM);
    assertThat(node.read(FILE)).contains("\nca = [\"ca.crt\"]\n[host");
    tree.withdraw(HUB);
    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void aClientCertificateIsNotTakenFromContainerd() {
    tree.put(HUB);
    node.write("docker.io/me.cert", "x");

    assertThat(why(tree.put(HUB))).contains("client certificates");
    assertThat(node.has(FILE)).isFalse();
    assertThat(node.traces()).isEmpty();
  }

  @Test
  void certificatesBesideAFileWithoutHostsAreAmbiguous() {
    node.write("docker.io/ca.crt", PEM);
    node.write(FILE, "server = \"https://a.example\"\n");

    assertThat(why(tree.put(HUB))).contains("certificates beside");
  }

  @Test
  void whatCannotBeTranslatedLosesOurEntryAgain() {
    node.write(FILE, HARBOR);
    tree.put(HUB);
    String secret = HARBOR + "[host.\"https://harbor.example/v2/hub\".header]\n  x = \"y\"\n";
    node.write(FILE, node.read(FILE).replace(HARBOR.substring(60), "") + secret.substring(60));
    String mixed = node.read(FILE);

    assertThat(why(tree.put(HUB))).contains("headers");

    assertThat(mixed).contains(TABLE);
    assertThat(node.read(FILE)).doesNotContain("127.0.0.1").contains("x = \"y\"");
    assertThat(node.traces()).isEmpty();
  }

  @Test
  void absoluteCertificatesAreReadWhereThisProcessSeesThem() throws IOException {
    Node.make(node.etc.resolve("pki"));
    Files.writeString(node.etc.resolve("pki/ca.pem"), PEM);
    node.write(FILE, "server = \"https://a.example\"\nca = \"/pki/ca.pem\"\n");

    Standing standing = tree.put(HUB);

    assertThat(((Standing.Present) standing).upstreams().getFirst().ca()).contains(PEM);
  }

  @Test
  void linksAreLeftAlone() throws IOException {
    Path elsewhere = node.etc.resolve("elsewhere");
    Files.writeString(elsewhere, HARBOR);
    Node.make(node.root.resolve("docker.io"));
    Files.createSymbolicLink(node.root.resolve(FILE), elsewhere);
    Files.createSymbolicLink(node.root.resolve("quay.example:5000"), node.etc);
    Snapshot before = node.snapshot();

    assertThat(why(tree.put(HUB))).contains("symbolic link");
    assertThat(why(tree.put(QUAY))).contains("symbolic link");
    tree.withdraw(HUB);
    tree.withdraw(QUAY);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void aRootThatIsALinkIsLeftAlone() throws IOException {
    Files.createSymbolicLink(node.root, Path.of("elsewhere"));

    assertThat(tree.put(HUB)).isInstanceOf(Standing.LeftAlone.class);
    assertThat(tree.look(HUB)).isInstanceOf(Standing.LeftAlone.class);
    assertThat(tree.withdraw(HUB)).isInstanceOf(Standing.Absent.class);
  }

  @Test
  void theDirectoryThatContainerdTakesIsTaken() {
    node.write("quay.example_5000_/hosts.toml", "server = \"https://a.example\"\n");

    assertThat(urls(tree.put(QUAY))).containsExactly("https://a.example");
    assertThat(node.has("quay.example:5000")).isFalse();
    assertThat(tree.standing()).containsExactly(QUAY);
  }

  @Test
  void ourEntryMovesToTheDirectoryThatContainerdTakesNow() {
    node.withRoot();
    tree.put(QUAY);
    node.write("quay.example_5000_/hosts.toml", "server = \"https://a.example\"\n");

    tree.put(QUAY);

    assertThat(node.has("quay.example:5000")).isFalse();
    assertThat(node.read("quay.example_5000_/hosts.toml")).contains(TABLE);
    tree.withdraw(QUAY);
    assertThat(node.traces()).isEmpty();
  }

  @Test
  void theEntryForAllOthersHasNoServer() {
    Snapshot before = node.snapshot();

    assertThat(tree.put(ALL)).isEqualTo(new Standing.Present(List.of()));
    assertThat(node.read("_default/hosts.toml")).contains(TABLE).doesNotContain("server");
    assertThat(tree.standing()).containsExactly(ALL);
    tree.withdraw(ALL);

    assertThat(node.snapshot()).isEqualTo(before);
  }

  @Test
  void aRegistryThatDefaultDescribesGetsNoDirectoryThatWouldHideIt() {
    node.withRoot();
    tree.put(HUB);
    assertThat(node.has(FILE)).isTrue();
    node.write("_default/hosts.toml", "[host.\"https://everything.example\"]\n");

    assertThat(why(tree.put(HUB))).contains("_default");
    assertThat(node.has("docker.io")).isFalse();
  }

  @Test
  void ourOwnEntryForAllOthersHidesNothing() {
    tree.put(ALL);

    assertThat(tree.put(HUB)).isInstanceOf(Standing.Present.class);
    assertThat(tree.standing()).isEqualTo(Set.of(ALL, HUB));
  }

  @Test
  void aFileThatIsTooLargeIsLeftAsItIs() {
    node.write(FILE, "#".repeat((1 << 20) + 1));

    assertThat(tree.put(HUB)).isInstanceOf(Standing.Failed.class);
    assertThat(tree.withdraw(HUB)).isInstanceOf(Standing.Failed.class);
    assertThat(node.traces()).isEmpty();
  }

  @Test
  void foreignNamesInTheRootAreNobodysEntry() throws IOException {
    node.withRoot();
    Files.createDirectory(node.root.resolve("_weird_"));
    Files.createDirectory(node.root.resolve("__"));
    Files.createDirectory(node.root.resolve("UPPER"));
    Files.writeString(node.root.resolve("file"), "x");

    assertThat(tree.standing()).isEmpty();
  }

  private static void own(Path file) throws IOException {
    if (owner() == 1234) {
      Files.setAttribute(file, "unix:uid", 1234, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(file, "unix:gid", 4321, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** Root may give files away; others may not. */
  private static int owner() throws IOException {
    int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    return self == 0 ? 1234 : self;
  }

  private static String mode(Path path) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode");
    return Integer.toOctalString(mode & 07777);
  }

  private static List<String> urls(Standing standing) {
    assertThat(standing).isInstanceOf(Standing.Present.class);
    return ((Standing.Present) standing)
        .upstreams().stream().map(UpstreamHost::url).map(Object::toString).toList();
  }

  private static String why(Standing standing) {
    assertThat(standing).isInstanceOf(Standing.LeftAlone.class);
    return ((Standing.LeftAlone) standing).why();
  }
}
