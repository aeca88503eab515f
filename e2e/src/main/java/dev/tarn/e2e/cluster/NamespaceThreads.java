package dev.tarn.e2e.cluster;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;

/**
 * Starts platform threads within network namespaces: the sockets that such a thread opens, and what
 * listening ones accept, belong there. Safe for use by several threads.
 */
final class NamespaceThreads {
  /**
   * Platform threads, each within the namespace of the thread that makes it. Virtual ones must not
   * be started there: the threads that carry them would stay behind in that namespace.
   */
  static final ThreadFactory FACTORY = Thread.ofPlatform().daemon().name("site-", 0).factory();

  private static final int READ_ONLY = 0;
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final MethodHandle OPEN =
      call(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  private static final MethodHandle SETNS =
      call(
          "setns",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private NamespaceThreads() {}

  @SuppressWarnings("restricted")
  private static MethodHandle call(String name, FunctionDescriptor types) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), types);
  }

  /** Does the work on a new thread within the namespace of that name. */
  static <T> FutureTask<T> start(String namespace, Callable<T> work) {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              enter(Path.of("/run/netns", namespace));
              return work.call();
            });
    Thread.ofPlatform().name("in-" + namespace).daemon().start(task);
    return task;
  }

  /** Moves the calling thread, which is to end there. */
  private static void enter(Path namespace) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(namespace.toString());
      int descriptor = (int) OPEN.invokeExact(path, READ_ONLY);
      if (descriptor < 0) {
        throw new IOException("cannot open " + namespace);
      }
      int moved = (int) SETNS.invokeExact(descriptor, CLONE_NEWNET);
      int closed = (int) CLOSE.invokeExact(descriptor);
      if (moved != 0 || closed != 0) {
        throw new IOException("cannot enter " + namespace);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library", e);
    }
  }
}
