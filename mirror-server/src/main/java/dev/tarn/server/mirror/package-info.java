/**
 * The way of a request: access, resolve, find, serve. A {@link
 * dev.tarn.server.mirror.MirrorRequest} goes in, an {@link dev.tarn.server.mirror.Answer} comes
 * out; hits are answered on the event loop by {@link dev.tarn.server.mirror.Mirror#hit}, all else
 * by blocking on a virtual thread. Knows the stores and upstream, not HTTP's wire.
 */
@NullMarked
package dev.tarn.server.mirror;

import org.jspecify.annotations.NullMarked;
