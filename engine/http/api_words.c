/* Words of users: POST /api/v1/words. */
#include "http/api.h"

#include "base/json_writer.h"
#include "segment/user_words.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char form[] = "the body must be {\"by\": who, \"words\": [{\"word\": …, \"frequency\": 0 to 1000000000, "
                           "null or \"reset\"}, …]}";

/* A frequency that is not there is null. -1 when it is nothing of the kind. */
static int read_frequency(const cJSON *value, int64_t *out)
{
    *out = WEISU_WORD_WHOLE;
    if (!value || cJSON_IsNull(value))
        return 0;
    if (cJSON_IsString(value) && strcmp(value->valuestring, "reset") == 0) {
        *out = WEISU_WORD_RESET;
        return 0;
    }
    if (!cJSON_IsNumber(value) || value->valuedouble < 0 || value->valuedouble > USER_WORD_FREQUENCY)
        return -1;
    *out = (int64_t)value->valuedouble;
    return (double)*out == value->valuedouble ? 0 : -1;
}

/* The message of what is wrong, or NULL. */
static const char *read_words(const cJSON *list, struct byte_buffer *text, weisu_err *err)
{
    const cJSON *item;
    if (!cJSON_IsArray(list) || !list->child)
        return form;
    cJSON_ArrayForEach(item, list)
    {
        const cJSON *word = cJSON_GetObjectItemCaseSensitive(item, "word");
        struct user_spelling spelling;
        weisu_word_change change;
        if (!cJSON_IsString(word) ||
            read_frequency(cJSON_GetObjectItemCaseSensitive(item, "frequency"), &change.frequency))
            return form;
        change.word = (weisu_str){word->valuestring, strlen(word->valuestring)};
        if (user_word_read(&change, &spelling, err))
            return err->text;
        word_change_write(text, &change);
    }
    return NULL;
}

static const char *read_body(const struct api_request *request, struct api_reply *reply, weisu_err *err)
{
    cJSON *object = cJSON_ParseWithLength(request->body.data, request->body.size);
    const char *wrong = read_words(cJSON_GetObjectItemCaseSensitive(object, "words"), reply->words, err);
    const cJSON *by = cJSON_GetObjectItemCaseSensitive(object, "by");
    size_t size = cJSON_IsString(by) ? strlen(by->valuestring) : 0;
    if (!wrong && (!size || size >= API_BY_BYTES))
        wrong = "the body must name in \"by\" who acts, 1 to 64 bytes";
    if (!wrong) {
        memcpy(reply->by, by->valuestring, size);
        reply->said_by = (weisu_str){reply->by, size};
    }
    cJSON_Delete(object);
    return wrong;
}

static void say_done(const struct api_reply *reply)
{
    struct json_writer w;
    weisu_str rest = {reply->words->data, reply->words->size};
    weisu_word_change change;
    uint64_t count = 0;
    while (word_change_next(&rest, &change, NULL) > 0)
        count++;
    json_writer_init(&w, reply->body);
    json_begin_object(&w);
    json_key(&w, "words");
    json_uint(&w, count);
    json_key(&w, "by");
    json_string(&w, reply->said_by);
    json_end_object(&w);
    json_end_line(&w);
}

void api_say_words(const struct api_request *request, struct api_reply *reply)
{
    weisu_err err;
    if (!request->is_post) {
        api_error(reply, 405, "words are said by a POST");
        reply->allow = "POST";
        return;
    }
    if (!request->is_json) {
        api_error(reply, 415, "the body must be JSON: Content-Type: application/json");
        return;
    }
    const char *wrong = read_body(request, reply, &err);
    if (!wrong && log_by_check(reply->said_by, &err))
        wrong = err.text;
    if (wrong) {
        api_error(reply, 400, wrong);
        return;
    }
    reply->is_words = 1;
    reply->body->failed |= reply->words->failed;
    say_done(reply);
}
