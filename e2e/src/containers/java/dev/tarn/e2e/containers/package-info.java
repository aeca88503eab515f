/**
 * Containers of the image in a Docker, by Testcontainers: three nodes on one network between a
 * registry and Prometheus, and one alone that is looked at from outside. Part of {@code mvn verify
 * -Pcontainers} only; nothing is skipped there, what is missing fails it.
 */
@NullMarked
package dev.tarn.e2e.containers;

import org.jspecify.annotations.NullMarked;
