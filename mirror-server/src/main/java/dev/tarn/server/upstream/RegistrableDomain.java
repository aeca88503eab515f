package dev.tarn.server.upstream;

import java.util.List;
import java.util.Set;

/**
 * Whether two hosts are names of one owner. In doubt they are not: what is missed here can be
 * listed in the configuration, what is wrongly taken for the same owner gets a password.
 *
 * <p>An owner's domain is the last two labels; the last three below a country's domain whose second
 * label has at most three characters ({@code co.uk}, {@code com.au}, and also {@code gcr.io}). Only
 * the same host is the same owner for addresses, for names of one label, inside a cluster, and
 * below domains that give names to strangers, of which those that host registries and the commonest
 * others are known here.
 */
final class RegistrableDomain {
  private static final int MAX_SHORT_LABEL = 3;

  /** Below these, neighbours are strangers. */
  private static final Set<String> SHARED =
      Set.of(
          "amazonaws.com",
          "amazonaws.com.cn",
          "on.aws",
          "awsapprunner.com",
          "elasticbeanstalk.com",
          "cloudfront.net",
          "azurecr.io",
          "azurecr.cn",
          "azurecr.us",
          "azure.com",
          "azure.net",
          "azureedge.net",
          "azurefd.net",
          "azurewebsites.net",
          "azurecontainerapps.io",
          "azurestaticapps.net",
          "windows.net",
          "trafficmanager.net",
          "pkg.dev",
          "run.app",
          "appspot.com",
          "web.app",
          "firebaseapp.com",
          "googleapis.com",
          "googleusercontent.com",
          "cloudfunctions.net",
          "aliyuncs.com",
          "aliyuncs.com.cn",
          "myqcloud.com",
          "tencentcloudcr.com",
          "tencentcs.com",
          "myhuaweicloud.com",
          "volces.com",
          "ocir.io",
          "oraclecloud.com",
          "oraclecloudapps.com",
          "appdomain.cloud",
          "scw.cloud",
          "ovh.net",
          "digitaloceanspaces.com",
          "ondigitalocean.app",
          "linodeobjects.com",
          "jfrog.io",
          "cloudsmith.io",
          "cloudsmith.com",
          "github.io",
          "githubusercontent.com",
          "github.dev",
          "gitlab.io",
          "gitpod.io",
          "herokuapp.com",
          "netlify.app",
          "vercel.app",
          "now.sh",
          "fly.dev",
          "fly.io",
          "onrender.com",
          "render.com",
          "railway.app",
          "pages.dev",
          "workers.dev",
          "r2.dev",
          "trycloudflare.com",
          "cloudflarestorage.com",
          "ngrok.io",
          "ngrok.app",
          "ngrok.dev",
          "ngrok-free.app",
          "ngrok-free.dev",
          "ts.net",
          "nip.io",
          "sslip.io",
          "xip.io",
          "duckdns.org",
          "dyndns.org",
          "no-ip.org",
          "openshiftapps.com",
          "cluster.local");

  private RegistrableDomain() {}

  /** Whether both hosts, which are in lower case, are of one registrable domain. */
  static boolean same(String host, String other) {
    if (host.equals(other)) {
      return true;
    }
    List<String> labels = List.of(host.split("\\.", -1));
    int count = ownedLabels(labels);
    if (count == 0) {
      return false;
    }
    List<String> others = List.of(other.split("\\.", -1));
    return others.size() >= count
        && !others.contains("")
        && last(labels, count).equals(last(others, count));
  }

  /** How many labels from the end name the owner; 0 where only the whole host does. */
  private static int ownedLabels(List<String> labels) {
    int size = labels.size();
    if (size < 2 || labels.contains("") || isAddress(labels) || labels.contains("svc")) {
      return 0;
    }
    for (int count = 2; count <= Math.min(4, size); count++) {
      if (SHARED.contains(String.join(".", last(labels, count)))) {
        return 0;
      }
    }
    boolean country = labels.getLast().length() == 2;
    int needed = country && labels.get(size - 2).length() <= MAX_SHORT_LABEL ? 3 : 2;
    return size >= needed ? needed : 0;
  }

  /** IPv6, or IPv4 in any of its spellings: no top-level domain begins with a digit. */
  private static boolean isAddress(List<String> labels) {
    return labels.getLast().indexOf(':') >= 0 || Character.isDigit(labels.getLast().charAt(0));
  }

  private static List<String> last(List<String> labels, int count) {
    return labels.subList(labels.size() - count, labels.size());
  }
}
