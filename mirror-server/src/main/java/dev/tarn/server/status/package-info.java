/**
 * What a node tells its operator: what it is doing, how it fares, and what is wrong with what to do
 * about it. Facts come in as records and through suppliers, JSON goes out; it knows none of the
 * parts that the facts are about, so that it cannot break them.
 */
@NullMarked
package dev.tarn.server.status;

import org.jspecify.annotations.NullMarked;
