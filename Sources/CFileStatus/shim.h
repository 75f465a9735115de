#include <stdint.h>
#include <sys/stat.h>

/* Mode and owner of an open file; 0, or -1 with errno. Swift sees `struct stat` in one module in debug builds and in
   another in release builds, so that no one import satisfies both. */
static inline int citizen_file_status(int descriptor, uint32_t *mode, uint32_t *owner) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return -1;
    }
    *mode = status.st_mode;
    *owner = status.st_uid;
    return 0;
}
