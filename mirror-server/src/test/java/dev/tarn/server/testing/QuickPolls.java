package dev.tarn.server.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Has tests that wait for something look for it often: by default it is ten times a second. */
public final class QuickPolls implements LauncherSessionListener {
  private static final Duration INTERVAL = Duration.ofMillis(10);

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultPollInterval(INTERVAL);
    Awaitility.setDefaultPollDelay(Duration.ZERO);
  }
}
