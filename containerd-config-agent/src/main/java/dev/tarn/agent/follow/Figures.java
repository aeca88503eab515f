package dev.tarn.agent.follow;

import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.metrics.Page;
import dev.tarn.agent.mirror.Answer;
import dev.tarn.agent.tree.Standing;
import java.util.List;

/** What is counted, and the page that tells it. For one thread. */
final class Figures {
  private static final String[] ANSWERS = {"ready", "starting", "draining", "stranger", "silent"};

  private final String version;
  private final long[] answers = new long[ANSWERS.length];
  private long puts;
  private long withdrawals;
  private long corrections;
  private long failures;
  private long upstreamsWritten;

  Figures(String version) {
    this.version = version;
  }

  void answered(Answer answer) {
    int which =
        switch (answer) {
          case Answer.Proven(Answer.State state, var _, var _) ->
              switch (state) {
                case READY -> 0;
                case STARTING -> 1;
                case DRAINING -> 2;
              };
          case Answer.Stranger _ -> 3;
          case Answer.Silent _ -> 4;
        };
    answers[which]++;
  }

  void put() {
    puts++;
  }

  void withdrawn() {
    withdrawals++;
  }

  void corrected() {
    corrections++;
  }

  void failed() {
    failures++;
  }

  void upstreamsWritten() {
    upstreamsWritten++;
  }

  /** The page; what concerns the node as a whole comes first, because the end may be cut off. */
  String page(Follower follower, boolean watching, List<Companion> companions) {
    Page page = new Page();
    page.metric("info", Page.Type.GAUGE, "The version of the agent.").sample(1, "version", version);
    page.metric(
        "verdict",
        Page.Type.GAUGE,
        "Whether containerd comes to the mirror: 1 for the one that holds.");
    String word = follower.verdict().word();
    for (String each : new String[] {"effective", "ineffective", "unknown"}) {
      page.sample(each.equals(word) ? 1 : 0, "verdict", each);
    }
    page.metric("entries", Page.Type.GAUGE, "Entries that stand.").sample(follower.standing());
    page.metric("mirror_ready", Page.Type.GAUGE, "Whether the mirror said last that it is ready.")
        .sample(follower.isMirrorReady() ? 1 : 0);
    page.metric("mirror_answers_total", Page.Type.COUNTER, "What came of asking the mirror.");
    for (int i = 0; i < ANSWERS.length; i++) {
      page.sample(answers[i], "answer", ANSWERS[i]);
    }
    page.metric("changes_total", Page.Type.COUNTER, "Entries put there and taken back.")
        .sample(puts, "operation", "put")
        .sample(withdrawals, "operation", "withdraw");
    page.metric(
            "corrections_total",
            Page.Type.COUNTER,
            "Those of them because somebody else had undone it.")
        .sample(corrections);
    page.metric("failures_total", Page.Type.COUNTER, "Reads or writes of the host that failed.")
        .sample(failures);
    page.metric("upstreams_written_total", Page.Type.COUNTER, "Times upstreams.json was written.")
        .sample(upstreamsWritten);
    page.metric(
            "watching", Page.Type.GAUGE, "Whether the kernel tells of changes; else it is polled.")
        .sample(watching ? 1 : 0);
    for (Companion companion : companions) {
      companion.write(page);
    }
    entries(page, follower);
    return page.toString();
  }

  private static void entries(Page page, Follower follower) {
    page.metric("entry", Page.Type.GAUGE, "Whether the entry of a registry stands.");
    for (Entry entry : follower.entries()) {
      if (entry.isChosen() || entry.stands()) {
        sample(page, entry, entry.stands());
      }
    }
    page.metric(
        "entry_left_alone",
        Page.Type.GAUGE,
        "Whether a registry is not mirrored because of what others wrote for it.");
    for (Entry entry : follower.entries()) {
      if (entry.isChosen()) {
        sample(page, entry, entry.last() instanceof Standing.LeftAlone);
      }
    }
  }

  private static void sample(Page page, Entry entry, boolean value) {
    Place place = entry.place();
    String registry = Configuration.name(place.target());
    page.sample(value ? 1 : 0, "registry", registry, "root", place.root());
  }
}
