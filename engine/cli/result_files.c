#include "cli/result_files.h"

#include "base/failure.h"
#include "base/out_file.h"
#include "cli/ordered_output.h"
#include "cli/summary_json.h"
#include "pipeline/render.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { CLUSTER_ID_BYTES = 16, ASSIGNMENT_CHUNK = 4096 };

struct result_files {
    const struct zone *zone;
    char folder[PATH_MAX];
    FILE *waiting; /* assignments until the end: struct waiting_row and the id's bytes */
    struct out_file *alerts;
    struct out_file *links;
    uint64_t assignments;
    int failed; /* errno of the temporary file */
};

struct waiting_row {
    uint32_t slot;
    uint32_t id_size;
    char cluster[CLUSTER_ID_BYTES];
};

static weisu_code open_file(struct out_file **out, const char *folder, const char *name, weisu_err *err)
{
    char path[PATH_MAX];
    *out = NULL;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return failure(err, WEISU_EIO, "the folder's name is too long");
    return out_file_open(out, path, OUT_FILE_REPLACE, NULL, err);
}

weisu_code result_files_open(struct result_files **out, const char *folder, const struct zone *zone, weisu_err *err)
{
    *out = NULL;
    if (mkdir(folder, 0777) && errno != EEXIST)
        return failure(err, WEISU_EIO, "cannot create %.150s: %s", folder, strerror(errno));
    struct result_files *files = memory_new_zeroed(NULL, 1, sizeof *files);
    if (!files)
        return failure(err, WEISU_ENOMEM, "no memory for the results");
    files->zone = zone;
    if (snprintf(files->folder, sizeof files->folder, "%s", folder) >= (int)sizeof files->folder) {
        result_files_discard(files);
        return failure(err, WEISU_EIO, "the folder's name is too long");
    }
    weisu_code code = open_file(&files->alerts, folder, "alerts.jsonl", err);
    if (!code)
        code = open_file(&files->links, folder, "links.tsv", err);
    if (!code && !(files->waiting = tmpfile()))
        code = failure(err, WEISU_EIO, "cannot create a temporary file: %s", strerror(errno));
    if (code)
        result_files_discard(files);
    else
        *out = files;
    return code;
}

void result_files_discard(struct result_files *files)
{
    if (!files)
        return;
    out_file_discard(files->alerts);
    out_file_discard(files->links);
    if (files->waiting)
        fclose(files->waiting);
    memory_free(NULL, files, 1, sizeof *files);
}

/* ---- while the core runs ---- */

void result_files_assignment(struct result_files *files, weisu_str id, weisu_str cluster_id, uint32_t slot)
{
    struct waiting_row row = {.slot = slot, .id_size = (uint32_t)id.size};
    memcpy(row.cluster, cluster_id.data, cluster_id.size < sizeof row.cluster ? cluster_id.size : sizeof row.cluster);
    if (fwrite(&row, sizeof row, 1, files->waiting) != 1 || fwrite(id.data, 1, id.size, files->waiting) != id.size)
        files->failed = errno ? errno : EIO;
    files->assignments++;
}

void result_files_link(struct result_files *files, weisu_str id, weisu_str earlier_id, uint32_t score_milli)
{
    struct byte_buffer *out = out_file_buffer(files->links);
    char score[16];
    int size = snprintf(score, sizeof score, "%u.%03u", score_milli / 1000, score_milli % 1000);
    byte_buffer_append_str(out, id);
    byte_buffer_append_char(out, '\t');
    byte_buffer_append_str(out, earlier_id);
    byte_buffer_append_char(out, '\t');
    byte_buffer_append(out, score, (size_t)size);
    byte_buffer_append_char(out, '\n');
    out_file_end_record(files->links);
}

void result_files_change_json(struct result_files *files, weisu_str json)
{
    struct byte_buffer *out = out_file_buffer(files->alerts);
    byte_buffer_append_str(out, json);
    byte_buffer_append_char(out, '\n');
    out_file_end_record(files->alerts);
}

static void on_assignment(void *context, uint64_t sequence, weisu_str id, const char *cluster_id, uint32_t slot)
{
    (void)sequence;
    result_files_assignment(context, id, (weisu_str){cluster_id, strlen(cluster_id)}, slot);
}

static void on_link(void *context, weisu_str id, weisu_str earlier_id, uint32_t score_milli)
{
    result_files_link(context, id, earlier_id, score_milli);
}

static void on_change(void *context, const weisu_alert *change)
{
    struct result_files *files = context;
    struct byte_buffer *out = out_file_buffer(files->alerts);
    render_alert(out, change, files->zone);
    byte_buffer_append_char(out, '\n');
    out_file_end_record(files->alerts);
}

struct core_listener result_files_listener(struct result_files *files)
{
    return (struct core_listener){files, on_assignment, on_link, on_change, NULL};
}

/* ---- at the end ---- */

struct assignment_row {
    struct waiting_row row;
    char id[UINT8_MAX + 1];
};

struct assignment_chunk {
    const struct core *core;
    struct assignment_row rows[ASSIGNMENT_CHUNK];
};

/* The next rows of the temporary file; their number, or 0 if they are not all there. */
static size_t read_assignments(struct result_files *files, struct assignment_chunk *chunk, uint64_t left)
{
    size_t count = left < ASSIGNMENT_CHUNK ? (size_t)left : ASSIGNMENT_CHUNK;
    for (size_t i = 0; i < count; i++) {
        struct assignment_row *kept = &chunk->rows[i];
        if (fread(&kept->row, sizeof kept->row, 1, files->waiting) != 1 || kept->row.id_size > sizeof kept->id ||
            fread(kept->id, 1, kept->row.id_size, files->waiting) != kept->row.id_size)
            return 0;
    }
    return count;
}

static void render_assignment(const void *context, size_t at, struct byte_buffer *out)
{
    const struct assignment_chunk *chunk = context;
    const struct assignment_row *kept = &chunk->rows[at];
    struct cluster_view view;
    const struct cluster_index *clusters = core_clusters(chunk->core);
    cluster_look(clusters, cluster_whole(clusters, kept->row.slot), &view);
    byte_buffer_append(out, kept->id, kept->row.id_size);
    byte_buffer_append_char(out, '\t');
    byte_buffer_append_text(out, view.id);
    byte_buffer_append_char(out, '\t');
    byte_buffer_append(out, kept->row.cluster, strnlen(kept->row.cluster, sizeof kept->row.cluster));
    byte_buffer_append_char(out, '\n');
}

static weisu_code copy_assignments(struct result_files *files, struct out_file *file, struct assignment_chunk *chunk,
                                   const weisu_executor *executor, weisu_err *err)
{
    weisu_code code = WEISU_OK;
    rewind(files->waiting);
    for (uint64_t done = 0; done < files->assignments && !code;) {
        size_t count = read_assignments(files, chunk, files->assignments - done);
        if (!count)
            return failure(err, WEISU_EIO, "cannot read the temporary file again");
        code = ordered_output(file, executor, count, render_assignment, chunk, err);
        done += count;
    }
    return code;
}

static weisu_code write_assignments(struct result_files *files, const struct core *core, const weisu_executor *executor,
                                    weisu_err *err)
{
    struct out_file *file;
    weisu_code code = open_file(&file, files->folder, "assignments.tsv", err);
    if (code)
        return code;
    struct assignment_chunk *chunk = memory_new(NULL, 1, sizeof *chunk);
    if (chunk) {
        chunk->core = core;
        code = copy_assignments(files, file, chunk, executor, err);
    } else {
        code = failure(err, WEISU_ENOMEM, "no memory for the assignments");
    }
    memory_free(NULL, chunk, 1, sizeof *chunk);
    if (!code)
        return out_file_commit(file, err);
    out_file_discard(file);
    return code;
}

struct clusters_context {
    const struct core *core;
    const struct zone *zone;
    uint64_t city;
};

static void render_cluster_line(const void *context, size_t slot, struct byte_buffer *out)
{
    const struct clusters_context *c = context;
    render_cluster(out, core_clusters(c->core), core_lexicon(c->core), c->city, (uint32_t)slot, c->zone);
    byte_buffer_append_char(out, '\n');
}

static weisu_code write_clusters(const struct result_files *files, const struct core *core,
                                 const weisu_options *options, weisu_err *err)
{
    const struct clusters_context context = {core, files->zone, options->city};
    struct out_file *file;
    weisu_code code = open_file(&file, files->folder, "clusters.jsonl", err);
    if (code)
        return code;
    code = ordered_output(file, &options->executor, cluster_count(core_clusters(core)), render_cluster_line, &context,
                          err);
    if (!code)
        return out_file_commit(file, err);
    out_file_discard(file);
    return code;
}

/* Few: one thread writes them. */
static weisu_code write_merges(const struct result_files *files, const struct core *core, weisu_err *err)
{
    const struct cluster_index *clusters = core_clusters(core);
    size_t count = cluster_deed_count(clusters);
    struct out_file *file;
    weisu_code code = open_file(&file, files->folder, "merges.jsonl", err);
    if (code)
        return code;
    struct cluster_deed *deed = memory_new(NULL, count + 1, sizeof *deed);
    if (!deed) {
        out_file_discard(file);
        return failure(err, WEISU_ENOMEM, "no memory for the merges");
    }
    cluster_deeds(clusters, deed);
    for (size_t i = 0; i < count; i++) {
        render_deed(out_file_buffer(file), clusters, &deed[i], files->zone);
        byte_buffer_append_char(out_file_buffer(file), '\n');
        out_file_end_record(file);
    }
    memory_free(NULL, deed, count + 1, sizeof *deed);
    return out_file_commit(file, err);
}

static weisu_code write_summary(const struct result_files *files, const struct core *core,
                                const struct result_summary *summary, weisu_err *err)
{
    struct out_file *file;
    weisu_code code = open_file(&file, files->folder, "summary.json", err);
    if (code)
        return code;
    render_summary(out_file_buffer(file), core, summary);
    byte_buffer_append_char(out_file_buffer(file), '\n');
    return out_file_commit(file, err);
}

weisu_code result_files_commit(struct result_files *files, const struct core *core, const weisu_options *options,
                               const struct result_summary *summary, weisu_err *err)
{
    weisu_code code = files->failed
                          ? failure(err, WEISU_EIO, "writing a temporary file failed: %s", strerror(files->failed))
                          : write_assignments(files, core, &options->executor, err);
    if (!code)
        code = write_clusters(files, core, options, err);
    if (!code)
        code = write_merges(files, core, err);
    if (!code)
        code = write_summary(files, core, summary, err);
    struct out_file *alerts = files->alerts;
    struct out_file *links = files->links;
    if (!code) {
        files->alerts = NULL;
        code = out_file_commit(alerts, err);
    }
    if (!code) {
        files->links = NULL;
        code = out_file_commit(links, err);
    }
    result_files_discard(files);
    return code;
}
