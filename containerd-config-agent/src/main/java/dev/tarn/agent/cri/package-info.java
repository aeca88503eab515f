/**
 * Calls containerd's CRI socket: one request, one answer. No generated code and no gRPC library:
 * what is said is so little that HTTP/2 frames written by hand are the smaller part to trust.
 */
@NullMarked
package dev.tarn.agent.cri;

import org.jspecify.annotations.NullMarked;
