/** A proxy that counts and fails on command, and clients that hang up: HTTP/1.1 as bytes. */
@NullMarked
package dev.tarn.e2e.http;

import org.jspecify.annotations.NullMarked;
