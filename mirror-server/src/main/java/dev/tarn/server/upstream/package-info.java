/**
 * Talks to upstream registries: connections, tokens, redirects, retries, resume. A request and its
 * body are read by blocking on a virtual thread; bytes arrive on an event loop. Nothing here knows
 * the store or the registry endpoint.
 */
@NullMarked
package dev.tarn.server.upstream;

import org.jspecify.annotations.NullMarked;
