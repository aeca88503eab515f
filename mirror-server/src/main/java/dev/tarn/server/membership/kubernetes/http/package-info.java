/**
 * HTTP for fabric8 on this node's own event loops and TLS library: requests without a body, answers
 * in pieces that are asked for, a connection for each. An informer lists now and then and watches
 * for minutes, so there is nothing to pool; the JDK's client would bring threads, buffers and a
 * second TLS library for that. See docs/decisions/0009-membership.md.
 *
 * <p>Event loops connect, shake hands, write and parse. Whatever may block or is foreign runs on
 * the executor that is given: looking up names, reading authorities, checking certificates, and all
 * that fabric8 does with answers.
 */
@NullMarked
package dev.tarn.server.membership.kubernetes.http;

import org.jspecify.annotations.NullMarked;
