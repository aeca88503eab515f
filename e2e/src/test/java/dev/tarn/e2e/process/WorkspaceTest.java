package dev.tarn.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  @TempDir Path parent;

  private final List<String> closed = new ArrayList<>();

  @Test
  void theNewestIsClosedFirst() throws Exception {
    Workspace workspace = Workspace.create(parent, "test");
    workspace.own(() -> closed.add("first"));
    workspace.child("inside").own(() -> closed.add("second"));

    workspace.closeResources();

    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void whatIsStartedTooLateIsClosedAtOnce() throws Exception {
    Workspace workspace = Workspace.create(parent, "test");
    Workspace child = workspace.child("inside");
    workspace.closeResources();

    assertThatIllegalStateException().isThrownBy(() -> child.own(() -> closed.add("late")));
    assertThatIllegalStateException().isThrownBy(() -> workspace.child("another"));
    assertThat(closed).containsExactly("late");
  }
}
