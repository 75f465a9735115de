#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

/* What is asked of a file. Swift sees `struct stat` in one module in debug builds and in another in release builds, so that no one import satisfies
   both. */
struct citizen_file {
    uint32_t kind; /* S_IFREG, S_IFDIR ... */
    uint32_t mode; /* the permission bits */
    uint32_t owner;
    uint64_t device;
    uint64_t number; /* of the inode */
    int64_t size;
    int64_t modified_seconds;
    int64_t modified_nanoseconds;
};

static inline void citizen_file_take(const struct stat *status, struct citizen_file *file) {
    file->kind = status->st_mode & S_IFMT;
    file->mode = status->st_mode & 07777;
    file->owner = status->st_uid;
    file->device = status->st_dev;
    file->number = status->st_ino;
    file->size = status->st_size;
    file->modified_seconds = status->st_mtim.tv_sec;
    file->modified_nanoseconds = status->st_mtim.tv_nsec;
}

/* An open file; 0, or -1 with errno. */
static inline int citizen_file_status(int descriptor, struct citizen_file *file) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return -1;
    }
    citizen_file_take(&status, file);
    return 0;
}

/* What has a name in an open folder, a symbolic link for itself; 0, or -1 with errno. */
static inline int citizen_file_status_at(int folder, const char *name, struct citizen_file *file) {
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return -1;
    }
    citizen_file_take(&status, file);
    return 0;
}
