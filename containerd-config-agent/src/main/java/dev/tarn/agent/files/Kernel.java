package dev.tarn.agent.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Linux offers and the JDK does not: renames that exchange two names or refuse to replace, and
 * SELinux labels. Where the C library has not got these calls, or the file system not these flags,
 * the caller is told and does without.
 */
final class Kernel {
  private static final String LABEL = "security.selinux";

  private static final int AT_FDCWD = -100;
  private static final int NOREPLACE = 1;
  private static final int EXCHANGE = 2;
  private static final int MAX_LABEL_BYTES = 4096;

  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int EACCES = 13;
  private static final int EEXIST = 17;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;
  private static final int ENODATA = 61;
  private static final int EOPNOTSUPP = 95;

  private static final StructureOfErrors ERRORS = new StructureOfErrors();
  private static final @Nullable MethodHandle RENAME =
      find(
          "renameat2",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final @Nullable MethodHandle GET =
      find(
          "lgetxattr",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG));
  private static final @Nullable MethodHandle SET =
      find(
          "lsetxattr",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));

  private Kernel() {}

  /** {@code false} where it cannot be done that way here; nothing happened then. */
  static boolean renameNew(Path from, Path to) throws IOException {
    return rename(from, to, NOREPLACE);
  }

  /** {@code false} where it cannot be done here; nothing happened then. */
  static boolean exchange(Path one, Path other) throws IOException {
    return rename(one, other, EXCHANGE);
  }

  private static boolean rename(Path from, Path to, int flags) throws IOException {
    if (RENAME == null) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errors = ERRORS.allocate(arena);
      int result =
          (int)
              RENAME.invokeExact(
                  errors,
                  AT_FDCWD,
                  arena.allocateFrom(from.toString()),
                  AT_FDCWD,
                  arena.allocateFrom(to.toString()),
                  flags);
      if (result == 0) {
        return true;
      }
      int error = ERRORS.last(errors);
      if (error == EINVAL || error == ENOSYS) {
        return false;
      }
      throw failure(error, from, to);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Empty where the file has none, or its file system knows none. */
  static Optional<byte[]> label(Path path) throws IOException {
    if (GET == null) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errors = ERRORS.allocate(arena);
      MemorySegment value = arena.allocate(MAX_LABEL_BYTES);
      long length =
          (long)
              GET.invokeExact(
                  errors,
                  arena.allocateFrom(path.toString()),
                  arena.allocateFrom(LABEL),
                  value,
                  (long) MAX_LABEL_BYTES);
      if (length >= 0) {
        return Optional.of(value.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
      }
      int error = ERRORS.last(errors);
      if (error == ENODATA || error == EOPNOTSUPP || error == ENOSYS) {
        return Optional.empty();
      }
      throw failure(error, path, null);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static void setLabel(Path path, byte[] label) throws IOException {
    if (SET == null) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errors = ERRORS.allocate(arena);
      int result =
          (int)
              SET.invokeExact(
                  errors,
                  arena.allocateFrom(path.toString()),
                  arena.allocateFrom(LABEL),
                  arena.allocateFrom(ValueLayout.JAVA_BYTE, label),
                  (long) label.length,
                  0);
      if (result != 0) {
        throw failure(ERRORS.last(errors), path, null);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static IOException failure(int error, Path path, @Nullable Path other) {
    String file = path.toString();
    String second = other == null ? null : other.toString();
    return switch (error) {
      case ENOENT -> new NoSuchFileException(file, second, null);
      case EEXIST -> new FileAlreadyExistsException(second == null ? file : second);
      case EPERM, EACCES -> new AccessDeniedException(file, second, null);
      default -> new FileSystemException(file, second, "error " + error + " of the kernel");
    };
  }

  @SuppressWarnings("restricted") // The launcher permits it: --enable-native-access.
  private static @Nullable MethodHandle find(String name, FunctionDescriptor descriptor) {
    SymbolLookup library = Linker.nativeLinker().defaultLookup();
    return library
        .find(name)
        .map(
            symbol ->
                Linker.nativeLinker()
                    .downcallHandle(symbol, descriptor, Linker.Option.captureCallState("errno")))
        .orElse(null);
  }

  /** Where a call leaves its error. */
  private static final class StructureOfErrors {
    private final MemoryLayout layout = Linker.Option.captureStateLayout();
    private final VarHandle errno =
        layout.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    MemorySegment allocate(Arena arena) {
      return arena.allocate(layout);
    }

    int last(MemorySegment errors) {
      return (int) errno.get(errors, 0L);
    }
  }
}
