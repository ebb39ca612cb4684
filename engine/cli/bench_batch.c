#include "cli/bench_batch.h"

#include "base/failure.h"
#include "cli/bench_stages.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { folder_bytes = 256, summary_bytes = 64 * 1024 };
static const char log_name[] = "said";

struct batch_process {
    char folder[folder_bytes];
    char log[folder_bytes + 16];
    char **argv;
};

static weisu_code fail(const char *doing, weisu_err *err)
{
    return failure(err, WEISU_EIO, "无法运行 weisu batch。cannot %s: %s", doing, strerror(errno));
}

/* ---- the temporary folder ---- */

static weisu_code make_folder(struct batch_process *process, weisu_err *err)
{
    const char *temp = getenv("TMPDIR");
    snprintf(process->folder, sizeof process->folder, "%.200s/weisu_bench_XXXXXX", temp && *temp ? temp : "/tmp");
    if (!mkdtemp(process->folder)) {
        process->folder[0] = 0;
        return fail("make a temporary folder", err);
    }
    snprintf(process->log, sizeof process->log, "%s/%s", process->folder, log_name);
    return WEISU_OK;
}

static void remove_folder(const struct batch_process *process)
{
    DIR *folder = process->folder[0] ? opendir(process->folder) : NULL;
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(process->folder);
}

static void print_log(const struct batch_process *process)
{
    char bytes[4096];
    FILE *log = fopen(process->log, "r");
    for (size_t got = 1; log && got;) {
        got = fread(bytes, 1, sizeof bytes, log);
        fwrite(bytes, 1, got, stderr);
    }
    if (log)
        fclose(log);
}

/* ---- the process ---- */

static weisu_code make_arguments(struct batch_process *process, const char *const *options, size_t option_count,
                                 char *const *files, size_t file_count, weisu_err *err)
{
    static const char *const first[] = {"weisu", "batch", "--out"};
    size_t count = 0;
    process->argv = calloc(option_count + file_count + 6, sizeof *process->argv);
    if (!process->argv)
        return failure(err, WEISU_ENOMEM, "no memory for a process");
    /* posix_spawn does not write to them. */
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        process->argv[count++] = (char *)(uintptr_t)first[i];
    process->argv[count++] = process->folder;
    for (size_t i = 0; i < option_count; i++)
        process->argv[count++] = (char *)(uintptr_t)options[i];
    process->argv[count++] = (char *)(uintptr_t) "--";
    for (size_t i = 0; i < file_count; i++)
        process->argv[count++] = files[i];
    return WEISU_OK;
}

static weisu_code run_process(const struct batch_process *process, weisu_err *err)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = 0;
    if (posix_spawn_file_actions_init(&actions))
        return failure(err, WEISU_ENOMEM, "no memory for a process");
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, process->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    errno = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, process->argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (errno)
        return fail("run weisu batch", err);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return fail("wait for weisu batch", err);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return WEISU_OK;
    print_log(process);
    return failure(err, WEISU_EIO, "weisu batch 没有完成。weisu batch did not finish");
}

/* ---- what it says of itself ---- */

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(number) ? number->valuedouble : 0;
}

static weisu_code read_summary(const struct batch_process *process, struct bench_batch *out, weisu_err *err)
{
    char path[folder_bytes + 16];
    char *text = calloc(summary_bytes + 1, 1);
    snprintf(path, sizeof path, "%s/summary.json", process->folder);
    FILE *file = text ? fopen(path, "r") : NULL;
    size_t size = file ? fread(text, 1, summary_bytes, file) : 0;
    if (file)
        fclose(file);
    cJSON *summary = size ? cJSON_ParseWithLength(text, size) : NULL;
    free(text);
    if (!summary)
        return failure(err, WEISU_EIO, "weisu batch 没有写出汇总。weisu batch wrote no summary");
    out->records = (uint64_t)(number_of(summary, "complaints") + number_of(summary, "rejected") +
                              number_of(summary, "duplicates") + number_of(summary, "updates"));
    out->peak_bytes = (uint64_t)number_of(cJSON_GetObjectItemCaseSensitive(summary, "timing"), "peak_resident_bytes");
    cJSON_Delete(summary);
    return WEISU_OK;
}

weisu_code bench_batch_run(struct bench_batch *out, const char *const *options, size_t option_count, char *const *files,
                           size_t file_count, weisu_err *err)
{
    struct batch_process process = {0};
    weisu_code code = make_folder(&process, err);
    if (!code)
        code = make_arguments(&process, options, option_count, files, file_count, err);
    double start = bench_now_s();
    if (!code)
        code = run_process(&process, err);
    out->seconds = bench_now_s() - start;
    if (!code)
        code = read_summary(&process, out, err);
    remove_folder(&process);
    free(process.argv);
    return code;
}
