package dev.tarn.e2e.access;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.cluster.ServerTls;
import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.http.RawClient;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whoever knocks at a node's port for its peers and is none of them. */
final class PeerCases {
  private static final int LIMIT_MILLIS = 10_000;
  private static final Duration OPENSSL_LIMIT = Duration.ofSeconds(30);

  private PeerCases() {}

  /** What is knocked with. */
  private sealed interface Knock {
    /** Without TLS. */
    record Plain() implements Knock {}

    /** With a certificate, or none. */
    record Tls(Optional<Certificates.Identity> identity) implements Knock {}
  }

  private static Private held(AccessBench bench, CaseRun run) throws Exception {
    Private secret = Private.push(bench, Scheme.TOKEN, User.ALICE);
    secret.pull(run, bench.node(0));
    secret.awaitHeld(bench.node(0));
    return secret;
  }

  /** The answer to a request for a chunk that the node holds, and all that came after its head. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Came(Head head, byte[] rest) {}

  private static Optional<Came> ask(Mirror node, Blob blob, Knock knock) throws Exception {
    String name = Scheme.TOKEN.registry() + "/" + blob.digest();
    Head request =
        RawClient.request("GET", "/peer/v1/blobs/" + name + "/chunks/0?offset=0", Optional.empty())
            .with("Tarn-Protocol", Optional.of("1"))
            .with("Tarn-Node", Optional.of(AccessBench.nodeName(1)));
    try (Socket socket = connect(node, knock)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      socket.getOutputStream().write(request.bytes());
      socket.getOutputStream().flush();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Optional<Head> head = Head.read(in);
      return head.isEmpty()
          ? Optional.empty()
          : Optional.of(new Came(head.get(), in.readNBytes((int) blob.size())));
    } catch (IOException refused) {
      return Optional.empty();
    }
  }

  private static Socket connect(Mirror node, Knock knock) throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), node.peerPort());
    Socket socket =
        switch (knock) {
          case Knock.Plain _ -> new Socket();
          case Knock.Tls(var identity) ->
              ServerTls.client(identity).getSocketFactory().createSocket();
        };
    socket.connect(address, LIMIT_MILLIS);
    return socket;
  }

  /** That the others can fail: a member is given what it asks for. */
  static void member(AccessBench bench, CaseRun run) throws Exception {
    Blob layer = held(bench, run).image().biggest();
    Certificates.Identity identity =
        bench.authority.issueFor(
            AccessBench.nodeName(1),
            run.workspace().makeDirectory("member"),
            Certificates.Validity.now());
    Optional<Came> came = ask(bench.node(0), layer, new Knock.Tls(Optional.of(identity)));
    run.check(came.isPresent(), "a member was refused");
    run.checkEquals("status", 200, came.map(c -> c.head().status()).orElse(0));
    run.checkBetween(
        "bytes", layer.size(), Long.MAX_VALUE, came.map(c -> (long) c.rest().length).orElse(0L));
  }

  private static void refused(AccessBench bench, CaseRun run, Knock knock) throws Exception {
    Private secret = held(bench, run);
    for (Blob blob : secret.image().blobs()) {
      Optional<Came> came = ask(bench.node(0), blob, knock);
      run.check(came.isEmpty(), "somebody was answered: " + came.map(Came::head));
    }
    // Members go on as before.
    secret.pull(run, bench.node(2));
  }

  static void plain(AccessBench bench, CaseRun run) throws Exception {
    refused(bench, run, new Knock.Plain());
  }

  static void noCertificate(AccessBench bench, CaseRun run) throws Exception {
    refused(bench, run, new Knock.Tls(Optional.empty()));
  }

  static void otherAuthority(AccessBench bench, CaseRun run) throws Exception {
    Certificates other = Certificates.create(run.workspace().makeDirectory("other"));
    refused(bench, run, tls(run, other, Certificates.Validity.now()));
  }

  static void expired(AccessBench bench, CaseRun run) throws Exception {
    refused(bench, run, tls(run, bench.authority, Certificates.Validity.over()));
  }

  private static Knock tls(CaseRun run, Certificates authority, Certificates.Validity validity)
      throws IOException {
    return new Knock.Tls(
        Optional.of(
            authority.issueFor(
                AccessBench.nodeName(1), run.workspace().makeDirectory("stranger"), validity)));
  }

  static void selfSigned(AccessBench bench, CaseRun run) throws Exception {
    Path directory = run.workspace().makeDirectory("self");
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    Child.run(
            "openssl",
            directory,
            Map.of(),
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=" + AccessBench.nodeName(1),
                "-addext",
                "subjectAltName=DNS:tarn-peer,DNS:" + AccessBench.nodeName(1),
                "-days",
                "2",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()),
            OPENSSL_LIMIT)
        .orFail();
    run.check(Files.exists(certificate), "no certificate was made");
    refused(
        bench,
        run,
        new Knock.Tls(Optional.of(new Certificates.Identity(certificate, key, certificate))));
  }
}
