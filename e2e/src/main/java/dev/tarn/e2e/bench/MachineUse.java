package dev.tarn.e2e.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processor time that everything on the machine took together, the kernel's included. */
public final class MachineUse {
  private static final double TICKS_PER_SECOND = 100;
  private static final int IDLE = 4;
  private static final int WAITING_FOR_DISK = 5;
  private static final int LAST_BUSY = 7;

  private MachineUse() {}

  /** Since the machine started. */
  public static double cpuSeconds() {
    try {
      String[] fields = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +", -1);
      long ticks = 0;
      for (int field = 1; field <= LAST_BUSY; field++) {
        if (field != IDLE && field != WAITING_FOR_DISK) {
          ticks += Long.parseLong(fields[field]);
        }
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
