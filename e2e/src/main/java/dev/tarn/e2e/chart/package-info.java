/**
 * The Helm chart: what it makes of values is rendered by the real helm, held to Kubernetes' own
 * schemas by kubeconform, and its configurations are read by the programs that they are for. Needs
 * no cluster.
 */
@NullMarked
package dev.tarn.e2e.chart;

import org.jspecify.annotations.NullMarked;
