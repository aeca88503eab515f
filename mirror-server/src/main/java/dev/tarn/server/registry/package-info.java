/**
 * The registry endpoint: HTTP in, HTTP out. A connection's requests are parsed and answered in
 * order on its event loop; {@link dev.tarn.server.mirror.Mirror} says what the answer is.
 * Everything about the wire is here: limits, keep-alive, ranges' bytes, how a body ends that cannot
 * be continued. The agent beside this process asks here too, and is answered by {@link
 * dev.tarn.server.agent.AgentDesk}. Knows no store and no upstream.
 */
@NullMarked
package dev.tarn.server.registry;

import org.jspecify.annotations.NullMarked;
