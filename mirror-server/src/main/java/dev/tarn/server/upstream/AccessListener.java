package dev.tarn.server.upstream;

import dev.tarn.core.name.RepositoryName;

/**
 * Hears what origins make of those who ask for manifests and blobs; what they list says nothing
 * about that. Called on the virtual thread that asked, before its answer is used.
 */
public interface AccessListener {
  /** Hears nothing. */
  AccessListener NONE =
      new AccessListener() {
        @Override
        public void letIn(String origin, RepositoryName repository, Caller caller) {}

        @Override
        public void refused(
            String origin, RepositoryName repository, Caller caller, UpstreamAnswer.Refused how) {}
      };

  /**
   * An origin gave content of the repository to the caller, or said that it would.
   *
   * @param origin its host and port
   * @param caller as whom the origin was asked: anonymous where nobody's credential was sent
   */
  void letIn(String origin, RepositoryName repository, Caller caller);

  /** It refused the caller, as such. */
  void refused(String origin, RepositoryName repository, Caller caller, UpstreamAnswer.Refused how);
}
