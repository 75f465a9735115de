#include <sys/ioctl.h>
#include <sys/prctl.h>

/* No core file of this process is written, not by a handler of the system either, and no other process of the same user may
   read its memory or trace it (prctl(2), PR_SET_DUMPABLE; ptrace(2)). 0, or -1 with errno. Swift cannot call prctl, which takes
   any number of arguments. */
static inline int citizen_process_conceal(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* How many columns the terminal at a descriptor has; 0 where there is no terminal, or it does not say. Swift cannot call ioctl
   either. */
static inline int citizen_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
