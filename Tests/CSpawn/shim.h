#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>

/* The C library has these for GNU programs only, which Swift's view of it is not. */
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

/* POSIX_SPAWN_SETSID of the C library, for the same reason. */
enum { CSPAWN_SETSID = 0x80 };

/* And these. */
extern int posix_openpt(int flags);
extern int grantpt(int descriptor);
extern int unlockpt(int descriptor);
extern int ptsname_r(int descriptor, char *name, size_t length);

/* Says how wide a terminal is; 0, or -1 with errno. Swift cannot call ioctl, which takes any number of arguments. */
static inline int cspawn_set_columns(int descriptor, unsigned short columns) {
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    return ioctl(descriptor, TIOCSWINSZ, &size);
}
