/**
 * The endpoint for the kubelet, Prometheus and the operator: health, readiness, metrics, and what
 * an operator has a node do. What it tells and does it is given as functions; it knows neither the
 * registry endpoint nor the mirror.
 */
@NullMarked
package dev.tarn.server.admin;

import org.jspecify.annotations.NullMarked;
