package dev.tarn.e2e.bench;

import java.util.List;
import java.util.function.UnaryOperator;

/** What is put before a command, such as taskset, and becomes that command by exec. */
@FunctionalInterface
interface Wrapping extends UnaryOperator<List<String>> {
  Wrapping NONE = command -> command;
}
