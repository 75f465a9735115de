#include <stdint.h>
#include <sys/stat.h>

/* Kind (S_IFREG, S_IFDIR ...), permission bits and owner of an open file; 0, or -1 with errno. Swift sees `struct stat` in one module in debug builds and in
   another in release builds, so that no one import satisfies both. */
static inline int citizen_file_status(int descriptor, uint32_t *kind, uint32_t *mode, uint32_t *owner) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return -1;
    }
    *kind = status.st_mode & S_IFMT;
    *mode = status.st_mode & 07777;
    *owner = status.st_uid;
    return 0;
}
