/* Stands for one start of a Python program: asks a preloaded process (forked.py) to fork and run it, and ends as it ends.
 *
 *   forked_client SOCKET PROGRAM ARGUMENT…
 *
 * The program gets this process' stdout and stderr and its FAULT_* variables. An exit status comes back as it was, and so
 * does a signal: this process dies of the same one. 127: the preloaded process is not there, or it went away.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char text[65536];
static size_t length;

static void say(const char *word) {
  size_t n = strlen(word) + 1;
  if (length + n > sizeof text) _exit(127);
  memcpy(text + length, word, n);
  length += n;
}

int main(int count, char **words) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  int line = socket(AF_UNIX, SOCK_SEQPACKET, 0), status, outs[2] = {1, 2};
  char room[CMSG_SPACE(sizeof outs)] = {0};
  struct iovec part = {text, 0};
  struct msghdr told = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *head = CMSG_FIRSTHDR(&told);
  if (count < 3 || strlen(words[1]) >= sizeof at.sun_path) return 127;
  strcpy(at.sun_path, words[1]);
  for (int i = 2; i < count; i++) say(words[i]);
  say("");
  for (char **one = environ; *one; one++)
    if (!strncmp(*one, "FAULT_", 6)) say(*one);
  part.iov_len = length;
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof outs);
  memcpy(CMSG_DATA(head), outs, sizeof outs);
  if (connect(line, (struct sockaddr *)&at, sizeof at) || sendmsg(line, &told, 0) < 0) return 127;
  if (recv(line, &status, sizeof status, 0) != sizeof status) return 127;
  if (WIFSIGNALED(status)) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  return WEXITSTATUS(status);
}
