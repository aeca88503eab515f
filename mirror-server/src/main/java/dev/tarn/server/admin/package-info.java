/**
 * The endpoint for the kubelet, Prometheus and the operator: health, readiness, metrics. What it
 * tells it is given as suppliers; it knows neither the registry endpoint nor the mirror.
 */
@NullMarked
package dev.tarn.server.admin;

import org.jspecify.annotations.NullMarked;
