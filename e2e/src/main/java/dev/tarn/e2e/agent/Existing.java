package dev.tarn.e2e.agent;

import java.net.URI;
import java.nio.file.Path;

/** What an operator has put under the first root before the agent came. */
enum Existing {
  NONE("none"),
  PRIVATE_CA("private CA"),
  HEADERS("headers"),
  SERVER_ONLY("server only"),
  COMMENTS("comments"),
  UNPARSABLE("unparsable"),
  DEFAULT("_default"),
  OPERATOR_MIRROR("operator's mirror");

  private final String title;

  Existing(String title) {
    this.title = title;
  }

  /**
   * Where an operator's file may point.
   *
   * @param registry the registry itself, under the name that images have
   * @param otherDoor the registry by an address that Tarn may be sent to
   * @param operator a mirror of the operator's
   * @param secured the registry by TLS, with a certificate of a private authority
   * @param authority that authority's certificate
   */
  record Hosts(URI registry, URI otherDoor, URI operator, URI secured, Path authority) {}

  /** The name of the directory for a registry, or for all. */
  String directory(String registry) {
    return this == DEFAULT ? "_default" : registry;
  }

  /** The file's content; nothing where there is none. */
  String content(Hosts hosts) {
    return switch (this) {
      case NONE -> "";
      case PRIVATE_CA ->
          """
          server = "%1$s"

          [host."%1$s"]
            capabilities = ["pull", "resolve"]
            ca = "%2$s"
          """
              .formatted(hosts.secured(), hosts.authority());
      case HEADERS ->
          """
          server = "%s"

          [host."%s"]
            capabilities = ["pull", "resolve"]
            [host."%2$s".header]
              X-Team = ["payments"]
          """
              .formatted(hosts.registry(), hosts.operator());
      case SERVER_ONLY -> "server = \"%s\"\n".formatted(hosts.registry());
      case COMMENTS ->
          """
          # Kept by the platform team: ask before you change it.
          server   =   "%s"   # itself

             # The registry once more,\tas an example
          [ host."%1$s" ]
          capabilities = [ 'pull',
            "resolve", # and no push
          ]
          # the end, without a line break"""
              .formatted(hosts.registry());
      case UNPARSABLE -> "server = \"%s\n[[host\n".formatted(hosts.registry());
      case DEFAULT ->
          """
          [host."%s"]
            capabilities = ["pull", "resolve"]
          """
              .formatted(hosts.operator());
      case OPERATOR_MIRROR ->
          """
          server = "%s"

          [host."%s"]
            capabilities = ["pull", "resolve"]
          """
              .formatted(hosts.otherDoor(), hosts.operator());
    };
  }

  /** Whether an entry may stand where that stood. */
  boolean allowsEntry() {
    return this != HEADERS && this != UNPARSABLE && this != DEFAULT;
  }

  /** Whom containerd comes to by it. */
  Source source() {
    return switch (this) {
      case PRIVATE_CA -> Source.SECURED;
      case HEADERS, DEFAULT, OPERATOR_MIRROR -> Source.OPERATOR;
      case NONE, SERVER_ONLY, COMMENTS, UNPARSABLE -> Source.REGISTRY;
    };
  }

  /** Whether Tarn must find out from it whom to ask. */
  boolean namesUpstreams() {
    return this == PRIVATE_CA || this == DEFAULT || this == OPERATOR_MIRROR;
  }

  @Override
  public String toString() {
    return title;
  }
}
