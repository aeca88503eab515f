// A client that throws bodies away within the kernel and times the answers: where it shares a machine
// with the server that is measured, what it does must not be what is measured. One thread, epoll.
//
//   sink -p PORT [-h ADDRESS] [-c CONNECTIONS] [-s SECONDS | -n REQUESTS] [-m GET|HEAD] [-a ACCEPT]
//        [-r FIRST-LAST | -l LENGTH -z SIZE] PATH…
//
//   -s  every connection asks again and again for so long; what comes later does not count
//   -n  every connection asks so often, and everything must come to its end
//   -r  asks for that range;  -l -z  for ranges of LENGTH bytes at random offsets within SIZE
//
// Request j of connection i is for path (i + j * CONNECTIONS) modulo their number. Prints one JSON object.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_BYTES = 16 * 1024, REQUEST_BYTES = 4 * 1024, EVENTS = 256, STALL_MILLIS = 60 * 1000 };

struct connection {
  int fd;
  int number;
  long sent;
  char head[HEAD_BYTES];
  int have;
  bool in_body;
  long left;
  double began;
  double first;
};

struct times {
  uint32_t *micros;
  size_t count;
  size_t room;
};

static const char *method = "GET";
static const char *accept_header = "*/*";
static const char *range_header;
static const char *address = "127.0.0.1";
static int port;
static int connections = 1;
static double seconds;
static long requests_each;
static long range_length;
static long content_size;
static char **paths;
static int path_count;

static int poller;
static long bytes;
static long requests;
static long errors;
static struct times first_times;
static struct times total_times;
static uint64_t random_state = 88172645463325252ULL;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
  fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

static void record(struct times *times, double since, double until) {
  if (times->count == times->room) {
    times->room = times->room ? times->room * 2 : 4096;
    times->micros = realloc(times->micros, times->room * sizeof *times->micros);
    if (!times->micros) die("realloc");
  }
  times->micros[times->count++] = (uint32_t)((until - since) * 1e6);
}

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static uint32_t percentile(const struct times *sorted, double part) {
  if (sorted->count == 0) return 0;
  size_t at = (size_t)(part * sorted->count);
  return sorted->micros[at < sorted->count ? at : sorted->count - 1];
}

static void ask(struct connection *c) {
  char request[REQUEST_BYTES];
  char range[128] = "";
  if (range_header) {
    snprintf(range, sizeof range, "Range: bytes=%s\r\n", range_header);
  } else if (range_length > 0) {
    long offset = (long)(next_random() % (uint64_t)(content_size - range_length + 1));
    snprintf(range, sizeof range, "Range: bytes=%ld-%ld\r\n", offset, offset + range_length - 1);
  }
  const char *path = paths[(c->number + c->sent * connections) % path_count];
  int length = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: %s\r\n%s\r\n", method,
                        path, address, port, accept_header, range);
  if (length >= (int)sizeof request) {
    fprintf(stderr, "sink: the path is too long\n");
    exit(2);
  }
  c->have = 0;
  c->in_body = false;
  c->first = 0;
  c->sent++;
  c->began = now();
  // A request is far smaller than an empty send buffer.
  if (send(c->fd, request, length, MSG_NOSIGNAL) != length) die("send");
}

static void open_connection(struct connection *c) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, address, &to.sin_addr) != 1) die(address);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die("socket");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) != 0) die("epoll_ctl");
}

static void fail(struct connection *c, const char *why) {
  if (errors++ < 3) {
    fprintf(stderr, "sink: connection %d, request %ld: %s\n%.*s\n", c->number, c->sent, why, c->have, c->head);
  }
}

// Whether a whole head is here; then what it says is noted.
static bool understand(struct connection *c) {
  char *end = memmem(c->head, c->have, "\r\n\r\n", 4);
  if (!end) {
    if (c->have == HEAD_BYTES) {
      errno = EMSGSIZE;
      die("the answer's head");
    }
    return false;
  }
  int status = atoi(c->head + strlen("HTTP/1.1 "));
  long length = -1;
  for (char *line = memmem(c->head, end - c->head, "\r\n", 2); line && line < end;
       line = memmem(line + 2, end - line, "\r\n", 2)) {
    if (strncasecmp(line + 2, "content-length:", 15) == 0) length = atol(line + 17);
  }
  bool bodiless = strcmp(method, "HEAD") == 0;
  if (status != 200 && status != 206) fail(c, "not answered 200 or 206");
  if (length < 0 && !bodiless) {
    fail(c, "no Content-Length");
    exit(1);
  }
  long surplus = c->have - (end + 4 - c->head);
  c->left = bodiless ? 0 : length - surplus;
  bytes += surplus;
  c->in_body = true;
  return true;
}

// Takes what is there. Whether the connection is still of use.
static bool take(struct connection *c) {
  for (;;) {
    if (!c->in_body) {
      ssize_t n = recv(c->fd, c->head + c->have, HEAD_BYTES - c->have, MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
      if (n <= 0) {
        fail(c, "closed before the answer");
        return false;
      }
      if (c->first == 0) {
        c->first = now();
        record(&first_times, c->began, c->first);
      }
      c->have += n;
      if (!understand(c)) continue;
    }
    if (c->left > 0) {
      // The kernel counts and drops what is not to be copied anywhere.
      ssize_t n = recv(c->fd, NULL, c->left, MSG_TRUNC | MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
      if (n <= 0) {
        fail(c, "closed in mid-body");
        return false;
      }
      bytes += n;
      c->left -= n;
    }
    if (c->left == 0) {
      requests++;
      record(&total_times, c->began, now());
      if (requests_each > 0 && c->sent == requests_each) return false;
      ask(c);
    }
  }
}

static void usage(void) {
  fprintf(stderr,
          "usage: sink -p PORT [-h ADDRESS] [-c CONNECTIONS] [-s SECONDS | -n REQUESTS] [-m GET|HEAD]\n"
          "            [-a ACCEPT] [-r FIRST-LAST | -l LENGTH -z SIZE] PATH...\n");
  exit(2);
}

static void parse(int argc, char **argv) {
  int option;
  while ((option = getopt(argc, argv, "p:h:c:s:n:m:a:r:l:z:")) != -1) {
    switch (option) {
      case 'p': port = atoi(optarg); break;
      case 'h': address = optarg; break;
      case 'c': connections = atoi(optarg); break;
      case 's': seconds = atof(optarg); break;
      case 'n': requests_each = atol(optarg); break;
      case 'm': method = optarg; break;
      case 'a': accept_header = optarg; break;
      case 'r': range_header = optarg; break;
      case 'l': range_length = atol(optarg); break;
      case 'z': content_size = atol(optarg); break;
      default: usage();
    }
  }
  paths = argv + optind;
  path_count = argc - optind;
  if (port <= 0 || connections <= 0 || path_count == 0 || (seconds > 0) == (requests_each > 0) ||
      range_length > content_size) {
    usage();
  }
}

int main(int argc, char **argv) {
  parse(argc, argv);
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct connection *all = calloc(connections, sizeof *all);
  if (poller < 0 || !all) die("set-up");
  for (int i = 0; i < connections; i++) {
    all[i].number = i;
    open_connection(&all[i]);
  }
  double began = now();
  for (int i = 0; i < connections; i++) ask(&all[i]);
  int open = connections;
  while (open > 0) {
    int wait = STALL_MILLIS;
    if (seconds > 0) {
      wait = (int)((began + seconds - now()) * 1e3) + 1;
      if (began + seconds <= now()) break;
    }
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, wait);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    if (ready == 0 && seconds == 0) {
      errno = ETIMEDOUT;
      die("no byte came for a minute");
    }
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (!take(c)) {
        close(c->fd);
        open--;
      }
    }
  }
  double took = now() - began;
  qsort(first_times.micros, first_times.count, sizeof(uint32_t), compare);
  qsort(total_times.micros, total_times.count, sizeof(uint32_t), compare);
  printf("{\"seconds\":%.6f,\"bytes\":%ld,\"requests\":%ld,\"errors\":%ld,\"first_p50_us\":%u,\"p50_us\":%u,"
         "\"p99_us\":%u}\n",
         took, bytes, requests, errors, percentile(&first_times, 0.5), percentile(&total_times, 0.5),
         percentile(&total_times, 0.99));
  return 0;
}
