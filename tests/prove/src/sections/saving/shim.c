/* Stands between a process and the system's sync calls: writes down what was really synced, and fails a sync when told.
   Loaded by LD_PRELOAD into the process that is put to the proof, never into the app. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long part_syncs;
static off_t part_synced;

static void note(const char *path, off_t size) {
    const char *log = getenv("SHIM_LOG");
    char line[4200];
    if (!log) return;
    int length = snprintf(line, sizeof line, "%lld %s\n", (long long)size, path);
    int fd = open(log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (fd < 0) return;
    if (write(fd, line, length) < 0) { /* the reader misses it and says so */ }
    close(fd);
}

static int sync_through(int fd, const char *name) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    char link[64], path[4096];
    struct stat file;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || fstat(fd, &file) != 0) return real(fd);
    path[length] = 0;
    int is_part = length > 5 && strcmp(path + length - 5, ".part") == 0;
    const char *how = getenv("SHIM_FAIL"), *nth = getenv("SHIM_NTH");
    if (is_part && how && nth && ++part_syncs == atol(nth)) {
        /* What a failed sync leaves: pages that are gone and called clean. */
        static const char zeros[65536];
        for (off_t at = part_synced; at < file.st_size; at += sizeof zeros) {
            off_t left = file.st_size - at;
            size_t some = left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros;
            if (pwrite(fd, zeros, some, at) < 0) break;
        }
        if (strcmp(how, "LIE") == 0) return 0;
        errno = strcmp(how, "ENOSPC") == 0 ? ENOSPC : EIO;
        return -1;
    }
    int done = real(fd);
    if (done == 0) {
        if (is_part) part_synced = file.st_size;
        note(path, file.st_size);
    }
    return done;
}

int fsync(int fd) { return sync_through(fd, "fsync"); }
int fdatasync(int fd) { return sync_through(fd, "fdatasync"); }
