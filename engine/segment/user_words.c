#include "segment/user_words.h"

#include "base/failure.h"
#include "lexicon/lexicon.h"
#include "text/characters.h"

#include <string.h>

void user_words_init(struct user_words *words, const weisu_allocator *allocator)
{
    *words = (struct user_words){.allocator = allocator};
    id_map_init(&words->by_term, allocator);
}

void user_words_dispose(struct user_words *words)
{
    memory_free(words->allocator, words->word, words->capacity, sizeof *words->word);
    memory_free(words->allocator, words->characters, words->character_capacity, sizeof *words->characters);
    id_map_dispose(&words->by_term);
    *words = (struct user_words){.allocator = words->allocator};
}

/* ---- one word ---- */

static weisu_str cut_white(weisu_str text)
{
    while (text.size && (unsigned char)text.data[0] <= ' ') {
        text.data++;
        text.size--;
    }
    while (text.size && (unsigned char)text.data[text.size - 1] <= ' ')
        text.size--;
    return text;
}

static int has_control(weisu_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            return 1;
    return 0;
}

static int is_comment(weisu_str line)
{
    return line.size && line.data[0] == '#' && (line.size == 1 || (unsigned char)line.data[1] <= ' ');
}

static weisu_code fold(const struct characters *read, struct user_spelling *out, weisu_err *err)
{
    size_t begin = 0;
    size_t end = read->count;
    while (begin < end && read->code[begin] == ' ')
        begin++;
    while (end > begin && read->code[end - 1] == ' ')
        end--;
    if (begin == end || read->invalid)
        return failure(err, WEISU_EFIELD, read->invalid ? "a word is not valid UTF-8" : "a word is empty");
    if (end - begin > USER_WORD_CHARACTERS)
        return failure(err, WEISU_ETOOLONG, "a word has more than %d characters", USER_WORD_CHARACTERS);
    out->length = (uint32_t)(end - begin);
    memcpy(out->code, read->code + begin, out->length * sizeof *out->code);
    return WEISU_OK;
}

weisu_code user_word_read(const weisu_word_change *change, struct user_spelling *out, weisu_err *err)
{
    enum { most_bytes = 1024 }; /* beyond it a word is too long, however much white space it begins with */
    weisu_str text = cut_white(change->word);
    if (change->frequency < WEISU_WORD_RESET || change->frequency > USER_WORD_FREQUENCY)
        return failure(err, WEISU_EFIELD, "a word's frequency is at most %d", USER_WORD_FREQUENCY);
    if (is_comment(text))
        return failure(err, WEISU_EFIELD, "'#' before white space begins a comment, not a word");
    if (has_control(text))
        return failure(err, WEISU_EFIELD, "a word holds a control character");
    if (text.size > most_bytes)
        return failure(err, WEISU_ETOOLONG, "a word has more than %d characters", USER_WORD_CHARACTERS);
    struct arena arena;
    struct characters read;
    arena_init(&arena, NULL, 0);
    weisu_code code = characters_decode(&read, text, &arena) ? failure(err, WEISU_ENOMEM, "no memory for a word")
                                                             : fold(&read, out, err);
    arena_dispose(&arena);
    return code;
}

/* ---- the set ---- */

static uint32_t find(const struct user_words *words, const struct user_spelling *spelling)
{
    return id_map_get(&words->by_term, lexicon_term(spelling->code, spelling->length));
}

static weisu_code add(struct user_words *words, const struct user_spelling *spelling, uint32_t *at, weisu_err *err)
{
    size_t characters = words->character_count + spelling->length;
    if (memory_reserve(words->allocator, (void **)&words->word, &words->capacity, words->count + 1,
                       sizeof *words->word) ||
        memory_reserve(words->allocator, (void **)&words->characters, &words->character_capacity, characters,
                       sizeof *words->characters) ||
        id_map_put(&words->by_term, lexicon_term(spelling->code, spelling->length), (uint32_t)words->count))
        return failure(err, WEISU_ENOMEM, "no memory for a word");
    memcpy(words->characters + words->character_count, spelling->code, spelling->length * sizeof *spelling->code);
    words->word[words->count] = (struct user_word){.spelling = (uint32_t)words->character_count,
                                                   .length = spelling->length,
                                                   .now = WEISU_WORD_RESET,
                                                   .next = WEISU_WORD_RESET};
    words->character_count = characters;
    *at = (uint32_t)words->count++;
    return WEISU_OK;
}

weisu_code user_words_say(struct user_words *words, const struct user_spelling *spelling, int64_t frequency,
                          weisu_err *err)
{
    uint32_t at = find(words, spelling);
    int64_t before = at == ID_MAP_NONE ? WEISU_WORD_RESET : words->word[at].next;
    if (before == frequency)
        return WEISU_OK;
    if (before == WEISU_WORD_RESET && words->live >= USER_WORDS_MAX)
        return failure(err, WEISU_ELIMIT, "there are %d words of users already", USER_WORDS_MAX);
    weisu_code code = at == ID_MAP_NONE ? add(words, spelling, &at, err) : WEISU_OK;
    if (code)
        return code;
    words->live += (size_t)(before == WEISU_WORD_RESET) - (size_t)(frequency == WEISU_WORD_RESET);
    words->word[at].next = frequency;
    words->word[at].is_changed = 1;
    words->has_next = 1;
    return WEISU_OK;
}

static void drop_unsaid(struct user_words *words)
{
    size_t kept = 0;
    size_t characters = 0;
    id_map_clear(&words->by_term);
    for (size_t i = 0; i < words->count; i++) {
        struct user_word word = words->word[i];
        if (word.now == WEISU_WORD_RESET && word.next == WEISU_WORD_RESET && !word.is_changed)
            continue;
        memmove(words->characters + characters, user_word_code(words, &word), word.length * sizeof *words->characters);
        word.spelling = (uint32_t)characters;
        characters += word.length;
        id_map_put(&words->by_term, lexicon_term(user_word_code(words, &word), word.length), (uint32_t)kept);
        words->word[kept++] = word;
    }
    words->count = kept;
    words->character_count = characters;
}

weisu_code user_words_take(struct user_words *words, const weisu_word_change *change, weisu_err *err)
{
    struct user_spelling spelling;
    weisu_code code = user_word_read(change, &spelling, err);
    return code ? code : user_words_say(words, &spelling, change->frequency, err);
}

weisu_code user_words_restore(struct user_words *words, const struct user_spelling *spelling, int64_t now, int64_t next,
                              weisu_err *err)
{
    uint32_t at = find(words, spelling);
    weisu_code code = at == ID_MAP_NONE ? add(words, spelling, &at, err) : WEISU_OK;
    if (code)
        return code;
    words->live += (size_t)(next != WEISU_WORD_RESET) - (size_t)(words->word[at].next != WEISU_WORD_RESET);
    words->word[at].now = now;
    words->word[at].next = next;
    words->has_next |= now != next;
    return WEISU_OK;
}

void user_words_settle(struct user_words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        words->word[i].is_changed |= words->word[i].now != words->word[i].next;
        words->word[i].now = words->word[i].next;
    }
    words->has_next = 0;
    drop_unsaid(words);
}

void user_words_take_back(struct user_words *words)
{
    words->live = 0;
    for (size_t i = 0; i < words->count; i++) {
        words->word[i].next = words->word[i].now;
        words->live += words->word[i].now != WEISU_WORD_RESET;
    }
    words->has_next = 0;
}

void user_words_saved(struct user_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        words->word[i].is_changed = 0;
}

int64_t user_words_next(const struct user_words *words, const struct user_spelling *spelling)
{
    uint32_t at = find(words, spelling);
    return at == ID_MAP_NONE ? WEISU_WORD_RESET : words->word[at].next;
}

/* ---- as text ---- */

void word_change_write(struct byte_buffer *out, const weisu_word_change *change)
{
    byte_buffer_append_str(out, cut_white(change->word));
    byte_buffer_append_char(out, '\t');
    if (change->frequency == WEISU_WORD_RESET)
        byte_buffer_append_char(out, '-');
    else if (change->frequency != WEISU_WORD_WHOLE)
        byte_buffer_append_int(out, (long long)change->frequency);
    byte_buffer_append_char(out, '\n');
}

int word_frequency_read(weisu_str field, int64_t *out)
{
    int64_t value = 0;
    field = cut_white(field);
    if (field.size == 0) {
        *out = WEISU_WORD_WHOLE;
        return 0;
    }
    if (field.size == 1 && field.data[0] == '-') {
        *out = WEISU_WORD_RESET;
        return 0;
    }
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] < '0' || field.data[i] > '9' || value > USER_WORD_FREQUENCY)
            return -1;
        value = 10 * value + (field.data[i] - '0');
    }
    if (value > USER_WORD_FREQUENCY)
        return -1;
    *out = value;
    return 0;
}

static weisu_str take_line(weisu_str *text)
{
    const char *end = memchr(text->data, '\n', text->size);
    weisu_str line = {text->data, end ? (size_t)(end - text->data) : text->size};
    size_t used = line.size + (end != NULL);
    text->data += used;
    text->size -= used;
    return line;
}

int word_change_next(weisu_str *text, weisu_word_change *out, uint64_t *line)
{
    while (text->size) {
        weisu_str row = take_line(text);
        if (line)
            ++*line;
        weisu_str word = cut_white(row);
        if (word.size == 0 || is_comment(word))
            continue;
        const char *tab = memchr(word.data, '\t', word.size);
        weisu_str frequency = {NULL, 0};
        if (tab) {
            frequency = (weisu_str){tab + 1, (size_t)(word.data + word.size - tab) - 1};
            word.size = (size_t)(tab - word.data);
        }
        *out = (weisu_word_change){cut_white(word), WEISU_WORD_WHOLE};
        return word_frequency_read(frequency, &out->frequency) ? -1 : 1;
    }
    return 0;
}

weisu_str words_text_part(weisu_str *text, size_t most)
{
    weisu_str part = {text->data, 0};
    while (text->size) {
        const char *end = memchr(text->data, '\n', text->size);
        size_t size = end ? (size_t)(end - text->data) + 1 : text->size;
        if (part.size && part.size + size > most)
            break;
        part.size += size;
        text->data += size;
        text->size -= size;
    }
    return part;
}
