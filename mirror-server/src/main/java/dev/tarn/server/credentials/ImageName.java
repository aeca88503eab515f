package dev.tarn.server.credentials;

import java.util.List;

/**
 * A repository with its registry, as an image reference has them.
 *
 * @param registry host, with a port where one is given; in lower case
 */
record ImageName(String registry, String repository) {

  /** The labels of the host; an address in brackets is one label. */
  List<String> labels() {
    return HostLabels.of(registry);
  }

  String port() {
    return HostLabels.port(registry);
  }

  String path() {
    return "/" + repository;
  }

  @Override
  public String toString() {
    return registry + "/" + repository;
  }
}
