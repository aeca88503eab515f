package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinksTest {
  private static final String BASE = "/v2/example.com/library/app/tags/list";

  @Test
  void aLinkLeadsBackThroughTheMirrorWithUpstreamsParameters() {
    Links links = new Links(BASE, null);

    assertThat(links.rewrite("</v2/library/app/tags/list?last=b&n=2>; rel=\"next\""))
        .isEqualTo("<" + BASE + "?last=b&n=2>; rel=\"next\"");
    assertThat(links.rewrite("<https://registry.test/v2/library/app/tags/list?last=b>; rel=next"))
        .isEqualTo("<" + BASE + "?last=b>; rel=next");
    assertThat(links.rewrite("</v2/library/app/tags/list>; rel=\"next\""))
        .isEqualTo("<" + BASE + ">; rel=\"next\"");
  }

  @Test
  void theClientsNamespaceIsKept() {
    Links links = new Links("/v2/library/app/tags/list", "example.com");

    assertThat(links.rewrite("</v2/library/app/tags/list?n=2>; rel=\"next\""))
        .isEqualTo("</v2/library/app/tags/list?n=2&ns=example.com>; rel=\"next\"");
    assertThat(links.rewrite("</v2/library/app/tags/list>; rel=\"next\""))
        .isEqualTo("</v2/library/app/tags/list?ns=example.com>; rel=\"next\"");
  }

  @Test
  void anUpstreamCannotSendTheClientToAnotherNamespace() {
    String link = "</v2/library/app/tags/list?n=2&ns=evil.test&last=b>; rel=\"next\"";

    assertThat(new Links(BASE, null).rewrite(link))
        .isEqualTo("<" + BASE + "?n=2&last=b>; rel=\"next\"");
    assertThat(new Links("/v2/a/tags/list", "example.com").rewrite(link))
        .isEqualTo("</v2/a/tags/list?n=2&last=b&ns=example.com>; rel=\"next\"");
  }

  @Test
  void everyLinkOfAHeaderIsTurned() {
    assertThat(
            new Links(BASE, null)
                .rewrite("<https://a.test/x?n=1>; rel=\"first\", </y?n=2>; rel=\"next\""))
        .isEqualTo("<" + BASE + "?n=1>; rel=\"first\", <" + BASE + "?n=2>; rel=\"next\"");
  }

  @Test
  void whatIsNoLinkIsDropped() {
    Links links = new Links(BASE, null);

    assertThat(links.rewrite("nonsense")).isNull();
    assertThat(links.rewrite("<half")).isNull();
    assertThat(links.rewrite("")).isNull();
    assertThat(links.rewrite(">a<")).isNull();
  }
}
