/**
 * Tarn measured against what one would otherwise use, in one run on one machine: nginx for bytes
 * served, docker-registry for the protocol, a direct pull for overhead. Rounds alternate, figures
 * are ratios, and a case fails where an acceptance figure is missed.
 */
@NullMarked
package dev.tarn.e2e.bench;

import org.jspecify.annotations.NullMarked;
