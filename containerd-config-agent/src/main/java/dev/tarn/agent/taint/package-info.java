/** Takes the start-up taint from the own node. */
@NullMarked
package dev.tarn.agent.taint;

import org.jspecify.annotations.NullMarked;
