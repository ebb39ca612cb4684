#include "topic/topic_denial.h"

#include "base/utf8.h"

#include <string.h>

enum {
    most_before = 3,  /* tokens between a denial and what it denies, and the denial */
    most_behind = 12, /* tokens within which the other of two alternatives is named */
    most_listed = 12, /* characters of a listed word */
    pause_mark = 0x3001
};

enum kind {
    DENIES = 1 << 0,
    DENIES_ALL = 1 << 1, /* alone, or behind a word that denies */
    LIGHT = 1 << 2,      /* stands between a denial and what it denies */
    JOINS = 1 << 3,
    ASKS = 1 << 4, /* before a word that denies it makes a question */
    OTHERWISE = 1 << 5,
    HARM = 1 << 6
};

static const struct listing {
    const char *words;
    uint32_t kinds;
} listings[] = {
    {"没有 没 未 不 无 未曾 从未 从不 并未 不再 不会 不曾 并没有 没有再 从没 从没有 并不 并无 无须 不用 绝不 毫无",
     DENIES},
    {"不是 并不是 并非 绝非 绝不是 而非 不属于 不存在 不涉及 未发现", DENIES | DENIES_ALL},
    {"是 属于 存在 发现 出现 发生 涉及 算", LIGHT | DENIES_ALL},
    {"再 再次 任何 过 有 什么 因为 由于 一点 丝毫", LIGHT},
    {"和 或 或者 及 与 以及 跟 还是", JOINS},
    {"是 有 能 会 要 可 该 可否", ASKS},
    {"就是 便是 要么", OTHERWISE},
    {"不作为 不良 乱倒 乱倒垃圾 乱停 乱停乱放 乱张贴 乱扔 乱扔垃圾 乱搭乱建 乱收费 乱堆乱放 以次充好 伪造 侵占 侵吞 "
     "侵街占道 倾倒 假冒 伪劣 偷工减料 停供水 停工 停暖 停气 停水 停电 停业 停课 停运 停供 偷 偷倒 偷排 克扣 "
     "克扣工资 冒充 冒溢 冒烟 冒用 出店经营 占用 占道 占道经营 吵 吵闹 哄抬物价 噪音 噪声 堵 堵住 堵塞 堵车 塌 "
     "塌陷 失窃 开裂 延误 强制消费 强占 强拆 打架 打麻将 扰民 抛洒 拖欠 拖延 损坏 断水 断电 断气 断暖 断网 晚点 "
     "欠薪 欺骗 欺诈 歧视 殴打 毁绿 污染 泄漏 泄露 渗水 漏水 漏气 漏电 焚烧 烧烤 爆 爆炸 爆管 爆裂 破裂 破损 "
     "违停 违建 违章 违章建筑 违章搭建 违规 违法 违法建设 群租 私搭乱建 积水 内涝 着火 起火 脱落 虐待 诈骗 超标 "
     "超速 超载 跑路 跑水 跳闸 遮挡 酒驾 骚扰 骗 骗人 高空抛物 高空坠物 垮塌 坍塌 火灾 事故 拥堵 排污 裁员 恶臭 "
     "臭味 臭 异味 油烟 扬尘 粉尘 浓烟 刺鼻 鼠患 老鼠 蟑螂 蚊虫 黑车 坏 坏了 烂 失灵 失控 故障 隐患 安全隐患 "
     "裂缝 下沉 沉降 反水 返水 溢出 外溢 黑臭 发臭 发黄 浑浊 霸凌 体罚 推诿 扯皮 敷衍 腐败 贪污 受贿 赌博 "
     "吸毒 卖淫 传销 非法集资 强买强卖 缺斤短两 过期 变质 中毒 食物中毒 燃气泄漏 煤气泄漏 煤气爆炸 爆燃 倒塌 塌方 "
     "山体滑坡 滑坡 集体中毒 煤气中毒 一氧化碳中毒 毒气 有毒气体 跳楼 自杀 轻生 杀人 砍人 劫持 绑架 纵火 失火 自燃 "
     "火情 群体性事件 集体上访 群体上访 上访 罢工 罢课 罢运 堵路 围堵 械斗 猝死 溺水 触电 伤亡 受伤 死亡 撞伤 摔伤 "
     "砸伤 咬伤 狗咬人 路面塌陷 地面塌陷 墙体开裂 房屋开裂 外墙脱落 墙皮脱落 坠落 冲顶 电梯困人 车祸 传染病 疫情 "
     "感染 过敏 甲醛 重金属 医疗事故 猥亵 性侵 强奸 拐卖 校园欺凌 校园霸凌 校园暴力 失踪 走失 持刀 恐吓 威胁 抢劫 "
     "短路 飞线充电 私拉电线 堵塞消防通道 占用消防通道 危险 废气 刺鼻气味",
     HARM}};

/* The slot of the word, or the empty one where it belongs. */
static struct denial_word *slot_of(struct denial_word *slots, uint32_t word)
{
    uint32_t at = (uint32_t)hash_mix(word) % DENIAL_SLOTS;
    while (slots[at].word != word && slots[at].word != LEXICON_NO_WORD)
        at = (at + 1) % DENIAL_SLOTS;
    return &slots[at];
}

static uint32_t kinds_of(const struct denial_words *words, uint32_t word)
{
    uint32_t at = (uint32_t)hash_mix(word) % DENIAL_SLOTS;
    while (words->slot[at].word != word && words->slot[at].word != LEXICON_NO_WORD)
        at = (at + 1) % DENIAL_SLOTS;
    return words->slot[at].word == word ? words->slot[at].kinds : 0;
}

static void add_word(struct denial_words *words, uint32_t word, uint32_t kinds)
{
    struct denial_word *slot = slot_of(words->slot, word);
    slot->kinds |= kinds;
    slot->word = word;
}

/* Words between spaces. */
static void add_listed(struct denial_words *words, const struct lexicon *lexicon, const struct listing *listing)
{
    const char *at = listing->words;
    while (*at) {
        uint16_t code[most_listed];
        size_t count = 0;
        for (; *at && *at != ' '; count++) {
            uint32_t character;
            at += utf8_read((const unsigned char *)at, strlen(at), &character);
            if (count < most_listed)
                code[count] = (uint16_t)character;
        }
        uint32_t word = count <= most_listed ? lexicon_find(lexicon, code, count) : LEXICON_NO_WORD;
        if (word != LEXICON_NO_WORD)
            add_word(words, word, listing->kinds);
        at += *at == ' ';
    }
}

void denial_words_init(struct denial_words *words, const struct lexicon *lexicon)
{
    for (size_t i = 0; i < DENIAL_SLOTS; i++)
        words->slot[i] = (struct denial_word){LEXICON_NO_WORD, 0};
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++)
        add_listed(words, lexicon, &listings[i]);
}

int denial_is_harm(const struct denial_words *words, uint32_t word)
{
    return word != LEXICON_NO_WORD && kinds_of(words, word) & HARM;
}

static uint32_t kinds_at(const struct denial_words *words, const struct seg_tokens *tokens, size_t at)
{
    uint32_t word = at < tokens->count ? tokens->token[at].word : LEXICON_NO_WORD;
    return word == LEXICON_NO_WORD ? 0 : kinds_of(words, word);
}

/* 不是停水就是停电. */
static int is_one_of_two(const struct denial_words *words, const struct seg_tokens *tokens, uint32_t at)
{
    for (uint32_t i = at + 1; i < at + most_behind && i < tokens->count; i++)
        if (kinds_at(words, tokens, i) & OTHERWISE)
            return 1;
    return 0;
}

enum denial denial_before(const struct denial_words *words, const struct seg_tokens *tokens, uint32_t at, uint32_t *by)
{
    uint32_t strong = 0;
    for (uint32_t i = at, left = most_before; i-- > 0 && left > 0; left--) {
        uint32_t kinds = kinds_at(words, tokens, i);
        strong |= kinds & DENIES_ALL;
        if (kinds & DENIES) {
            uint32_t before = i ? kinds_at(words, tokens, i - 1) : 0;
            if (before & (DENIES | ASKS) || (strong && is_one_of_two(words, tokens, at)))
                return DENIED_NOT;
            *by = i;
            return strong ? DENIED_ALL : DENIED_HARM;
        }
        if (!(kinds & LIGHT))
            break;
    }
    return DENIED_NOT;
}

int denial_goes_on(const struct denial_words *words, const struct seg_tokens *tokens, const uint16_t *code,
                   uint32_t end, uint32_t at)
{
    if (at == end)
        return 1;
    return at == end + 1 && (kinds_at(words, tokens, end) & JOINS || code[tokens->token[end].begin] == pause_mark);
}
