package dev.tarn.e2e.bench;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * nginx with sendfile, one process and no log, serving files at the paths of a registry. Tarn by
 * default writes no line for a hit either.
 */
final class Nginx {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Server plain;
  private final Server caching;
  private final Path root;

  private Nginx(Server plain, Server caching, Path root) {
    this.plain = plain;
    this.caching = caching;
    this.root = root;
  }

  static Nginx start(Workspace workspace, Wrapping wrapping) throws Exception {
    Path root = workspace.makeDirectory("nginx-root");
    Files.createDirectories(root.resolve("v2"));
    Server plain = start(workspace, "nginx", root, "off", wrapping);
    Server caching = start(workspace, "nginx with open_file_cache", root, "max=1000", wrapping);
    return new Nginx(plain, caching, root);
  }

  private static Server start(
      Workspace parent, String name, Path root, String openFileCache, Wrapping wrapping)
      throws Exception {
    Workspace workspace = parent.child(name.replace(' ', '-'));
    int port = Ports.free();
    Path config = workspace.directory().resolve("nginx.conf");
    Files.writeString(config, config(port, root, openFileCache));
    List<String> command =
        List.of(
            Tools.onPath("nginx").orElseThrow().toString(),
            "-e",
            "stderr",
            "-p",
            workspace.directory().toString(),
            "-c",
            config.toString());
    Child process =
        workspace.own(
            Child.start("nginx", workspace.directory(), Map.of(), wrapping.apply(command)));
    Server server = new Server(name, port, process, false);
    Await.until(
        "nginx answers; " + process.tail(),
        START_LIMIT,
        () -> process.alive() && Fetch.statusOf(server.at("/")) != 0);
    return server;
  }

  private static String config(int port, Path root, String openFileCache) {
    return """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr error;
        events {
          worker_connections 2048;
        }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          tcp_nodelay on;
          keepalive_requests 1000000000;
          open_file_cache %3$s;
          default_type application/octet-stream;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:%1$d backlog=1024;
            root %2$s;
            location /v2/%4$s/manifests/ {
              default_type application/vnd.oci.image.manifest.v1+json;
            }
          }
        }
        """
        .formatted(port, root, openFileCache, ServeBench.REPOSITORY);
  }

  /** Puts a file where a registry would have it. */
  void put(String path, Blob blob) throws Exception {
    Path file = root.resolve(path.substring(1));
    Files.createDirectories(file.resolveSibling(""));
    Files.createLink(file, blob.file());
  }

  /** As it is set up usually: a file is opened for every request. */
  Server plain() {
    return plain;
  }

  /** With files kept open, as it is set up for speed. */
  Server caching() {
    return caching;
  }
}
