/**
 * Takes the start-up taint from the own node, once the mirror is effective there or has had long
 * enough to become so. The one part of the agent that speaks to the Kubernetes API, and off by
 * default.
 */
@NullMarked
package dev.tarn.agent.taint;

import org.jspecify.annotations.NullMarked;
