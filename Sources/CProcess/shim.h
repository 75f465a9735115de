#include <sys/prctl.h>

/* No core file of this process is written, not by a handler of the system either, and no other process of the same user may
   read its memory or trace it (prctl(2), PR_SET_DUMPABLE; ptrace(2)). 0, or -1 with errno. Swift cannot call prctl, which takes
   any number of arguments. */
static inline int citizen_process_conceal(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
