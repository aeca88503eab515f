/**
 * The status page, looked at by a real Chromium: three Tarns that are peers serve it, clients pull
 * through them meanwhile, and things go wrong. Cases know the page by what somebody sees or uses of
 * it, and by the ids of its parts.
 */
@NullMarked
package dev.tarn.e2e.page;

import org.jspecify.annotations.NullMarked;
