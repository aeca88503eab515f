/**
 * Members from the EndpointSlices of a headless Service, by fabric8's informer: the one package
 * that knows Kubernetes, loaded only where it is configured, and after the node is ready. Slices
 * are reduced to what is used on their way in, so that thousands of members cost little.
 */
@NullMarked
package dev.tarn.server.membership.kubernetes;

import org.jspecify.annotations.NullMarked;
