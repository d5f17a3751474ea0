/* The shared interposer, and one way in: a process that was forked off a preloaded one reads FAULT_* again and counts from one. */
#include "faultpoints.c"

void faults_anew(void) {
  ready = 0;
  if (logfd >= 0) close(logfd);
  logfd = -1;
  atomic_store(&seen, 0);
  setup();
}
