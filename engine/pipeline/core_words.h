/* Words of users in the core: what was said, what is in force. Internal to pipeline/core*.c, but for what core.h says.
 */
#ifndef PIPELINE_CORE_WORDS_H
#define PIPELINE_CORE_WORDS_H

#include "pipeline/core_fields.h"

/* A LOG_WORDS entry is committed. Lines that cannot be taken (they were checked before they became an entry), and words
 * beyond the most that a set holds, have no effect. WEISU_ENOMEM. */
weisu_code core_words_say(struct core *core, const struct log_entry *entry, weisu_err *err);

/* How many of the entries, which follow what was committed, may be analysed before words come into force. */
size_t core_words_span(const struct core *core, const struct log_entry *entries, size_t count);

/* Between spans: brings into force what was said, where a version ends or no record came yet. WEISU_ENOMEM: everything
 * is as it was. */
weisu_code core_words_settle(struct core *core, weisu_err *err);

/* Rows of STATE_WORD, keyed by the hash of the spelling. */
weisu_code core_words_save(struct core *core, int all, const struct state_sink *sink, weisu_err *err);
weisu_code core_words_load(struct core *core, const struct state_row *row, weisu_err *err);
/* After the last row. WEISU_ENOMEM. */
weisu_code core_words_loaded(struct core *core, weisu_err *err);

void core_words_dispose(struct core *core);

#endif
