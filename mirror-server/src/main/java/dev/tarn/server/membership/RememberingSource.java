package dev.tarn.server.membership;

import dev.tarn.core.placement.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins with what another source found before the last restart, until that source finds something
 * itself: a node that restarts while nobody tells it the members would otherwise know no peer.
 * Members that are gone are found out as any dead peer is. Thread-safe.
 */
public final class RememberingSource implements MemberSource {
  private static final Logger log = LoggerFactory.getLogger(RememberingSource.class);

  /** A rollout changes the members many times. */
  private static final Duration WRITE_AFTER = Duration.ofSeconds(5);

  private final MemberSource source;
  private final RememberedMembers file;
  private final Schedule schedule;

  // Guarded by this.
  private @Nullable List<Member> latest;
  private @Nullable List<Member> written;
  private boolean writing;
  private boolean closed;

  /**
   * Remembers what {@code source} finds.
   *
   * @param source is closed with this
   * @param file in a directory that exists
   */
  public RememberingSource(MemberSource source, Path file, Schedule schedule) {
    this.source = source;
    this.file = new RememberedMembers(file);
    this.schedule = schedule;
  }

  @Override
  public void start(Sink sink) {
    schedule.after(Duration.ZERO, () -> recall(sink));
    source.start(
        new Sink() {
          @Override
          public void found(Collection<Member> members) {
            tell(sink, members);
          }

          @Override
          public void failed(Throwable cause) {
            sink.failed(cause);
          }
        });
  }

  private void recall(Sink sink) {
    List<Member> members;
    try {
      members = file.read();
    } catch (IOException e) {
      log.atWarn().addKeyValue("reason", e.toString()).log("members_forgotten");
      return;
    }
    synchronized (this) {
      if (!members.isEmpty() && latest == null && !closed) {
        written = members;
        log.atInfo().addKeyValue("members", members.size()).log("members_remembered");
        sink.found(members);
      }
    }
  }

  private synchronized void tell(Sink sink, Collection<Member> members) {
    if (closed) {
      return;
    }
    latest = List.copyOf(members);
    sink.found(members);
    if (!writing) {
      writing = true;
      schedule.after(WRITE_AFTER, this::write);
    }
  }

  private void write() {
    List<Member> members;
    synchronized (this) {
      writing = false;
      members = latest;
      if (members == null || members.isEmpty() || members.equals(written)) {
        return;
      }
    }
    try {
      file.write(members);
      synchronized (this) {
        written = members;
      }
    } catch (IOException e) {
      log.atWarn().addKeyValue("reason", e.toString()).log("members_not_written");
    }
  }

  @Override
  public Duration age() {
    return source.age();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    source.close();
  }
}
