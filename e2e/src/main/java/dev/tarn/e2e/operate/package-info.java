/**
 * What an operator sees: alerts and recording rules of the chart, its dashboard and the queries in
 * the documentation, held to promtool and to a real Prometheus that reads real Tarns.
 */
@NullMarked
package dev.tarn.e2e.operate;

import org.jspecify.annotations.NullMarked;
