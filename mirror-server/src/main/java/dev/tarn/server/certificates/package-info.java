/**
 * Keeps the Secret with the authority that nodes issue their peer certificates by: made where it is
 * missing, renewed in steps so that nodes that see it at different times trust each other. Run now
 * and then by a process of its own, {@code tarn certificates}; no part of a node.
 *
 * <pre>
 *   Upkeep ── reads ──▶ AuthoritySecret ──▶ Succession (pure: what is next, by what time it is)
 *      └───── writes ──▶ AuthorityStore: KubernetesSecret
 * </pre>
 */
@NullMarked
package dev.tarn.server.certificates;

import org.jspecify.annotations.NullMarked;
