/*
 * A disk that forgets: loaded into redis-server (LD_PRELOAD), it keeps a ledger of what a power cut
 * would have left. Killing a process leaves all it wrote in the kernel's memory; only what was
 * flushed survives a cut. So each flush that succeeds adds a line "<inode> <size>" to the ledger, and
 * after a kill the test cuts every file down to its last line.
 *
 *   KLATCH_LEDGER    path of the ledger
 *   KLATCH_SLOW_US   path of a file that holds how many microseconds each flush takes longer
 *   KLATCH_FULL      path of a file; while it is there, the disk is full
 *
 * The size is taken before the flush: what is written meanwhile may or may not be flushed with it.
 * Names are taken for granted (folders count as flushed), and so is a disk that keeps its word.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_file(int fd, struct stat *seen) {
    return fstat(fd, seen) == 0 && S_ISREG(seen->st_mode);
}

static void note(const struct stat *seen) {
    static int ledger = -1;
    const char *path = getenv("KLATCH_LEDGER");
    if (ledger < 0 && path != NULL)
        ledger = syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (ledger < 0) return;
    char line[64];
    int length = snprintf(line, sizeof line, "%lu %ld\n", (unsigned long)seen->st_ino, (long)seen->st_size);
    /* One short append is one step, also with several threads and processes on one ledger. */
    if (syscall(SYS_write, ledger, line, (size_t)length) != length) abort();
}

static void dawdle(void) {
    const char *path = getenv("KLATCH_SLOW_US");
    char digits[16] = "";
    int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return;
    if (syscall(SYS_read, fd, digits, sizeof digits - 1) > 0) usleep((useconds_t)atoi(digits));
    syscall(SYS_close, fd);
}

static int flush(int fd, long call) {
    struct stat seen;
    int counts = is_file(fd, &seen);
    if (counts) dawdle();
    int result = (int)syscall(call, fd);
    if (result == 0 && counts) note(&seen);
    return result;
}

int fsync(int fd) { return flush(fd, SYS_fsync); }

int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }

ssize_t write(int fd, const void *bytes, size_t count) {
    struct stat seen;
    const char *full = getenv("KLATCH_FULL");
    if (full != NULL && fd > STDERR_FILENO && is_file(fd, &seen) && access(full, F_OK) == 0) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, fd, bytes, count);
}
