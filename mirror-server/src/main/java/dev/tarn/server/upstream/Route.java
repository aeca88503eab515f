package dev.tarn.server.upstream;

import java.util.Optional;

/** What connections are shared by: a site and what its certificate is checked against. */
record Route(Site site, Optional<Authorities> ca) {}
