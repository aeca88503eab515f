package dev.tarn.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellTest {
  @Test
  void readsListsPipesQuotesRedirectionsAndComments() {
    assertThat(
            Shell.commands(
                "A=1 curl -s 'http://a b' 2>&1 | grep -E \"^(x|y)\" >out && cd /tmp; ls & # not this"))
        .containsExactly(
            List.of("curl", "-s", "http://a b"),
            List.of("grep", "-E", "^(x|y)"),
            List.of("cd", "/tmp"),
            List.of("ls"));
  }

  @Test
  void readsWhatIsSubstituted() {
    assertThat(
            Shell.commands(
                "node=$(kubectl get \"$(cat pod)\") && echo \"$(date)\" <(tarn x) ${a b}"))
        .containsExactlyInAnyOrder(
            List.of("kubectl", "get", "$()"),
            List.of("cat", "pod"),
            List.of("date"),
            List.of("tarn", "x"),
            List.of("echo", "$()", "<()", "${a b}"));
  }

  @Test
  void readsLoopsAndConditions() {
    assertThat(
            Shell.commands(
                "for a in $(ls); do if test -f $a; then\n  cp $a b\nfi; done; while ! true; do date; done"))
        .containsExactly(
            List.of("ls"),
            List.of("test", "-f", "$a"),
            List.of("cp", "$a", "b"),
            List.of("true"),
            List.of("date"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a \\", "a |", "a &&", "for x in y; do", "echo 'a", "echo \"a", "a $(b", "(a"})
  void knowsWhatGoesOn(String text) {
    assertThat(Shell.isUnfinished(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a; b", "a &", "for x in y; do z; done", "a \\\n  b", ""})
  void knowsWhatIsWhole(String text) {
    assertThat(Shell.isUnfinished(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a )", "cat <<EOF", "a `b`", "a >"})
  void refusesWhatItCannotRead(String text) {
    assertThatThrownBy(() -> Shell.commands(text)).isInstanceOf(UnreadableShell.class);
    assertThat(Shell.isUnfinished(text)).isFalse();
  }
}
