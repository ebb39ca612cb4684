#include "io/column_names.h"

#include "base/utf8.h"
#include "text/fold.h"

enum { longest_name = 64 };

struct known_name {
    const uint16_t *name; /* folded, without spaces and punctuation */
    enum record_key key;
};

/* In the order of preference within a key. */
static const struct known_name known[] = {
    {u"id", RECORD_ID},
    {u"工单编号", RECORD_ID},
    {u"工单号", RECORD_ID},
    {u"留言编号", RECORD_ID},
    {u"诉求编号", RECORD_ID},
    {u"案件编号", RECORD_ID},
    {u"投诉编号", RECORD_ID},
    {u"受理编号", RECORD_ID},
    {u"servicerequestid", RECORD_ID},
    {u"servicerequestnumber", RECORD_ID},
    {u"srnumber", RECORD_ID},
    {u"uniquekey", RECORD_ID},
    {u"caseid", RECORD_ID},
    {u"time", RECORD_TIME},
    {u"来电时间", RECORD_TIME},
    {u"留言时间", RECORD_TIME},
    {u"诉求时间", RECORD_TIME},
    {u"投诉时间", RECORD_TIME},
    {u"受理时间", RECORD_TIME},
    {u"登记时间", RECORD_TIME},
    {u"创建时间", RECORD_TIME},
    {u"requesteddatetime", RECORD_TIME},
    {u"creationdate", RECORD_TIME},
    {u"createddate", RECORD_TIME},
    {u"opened", RECORD_TIME},
    {u"text", RECORD_TEXT},
    {u"主要内容", RECORD_TEXT},
    {u"诉求内容", RECORD_TEXT},
    {u"反映内容", RECORD_TEXT},
    {u"来电内容", RECORD_TEXT},
    {u"留言详情", RECORD_TEXT},
    {u"留言内容", RECORD_TEXT},
    {u"问题描述", RECORD_TEXT},
    {u"投诉内容", RECORD_TEXT},
    {u"工单内容", RECORD_TEXT},
    {u"description", RECORD_TEXT},
    {u"whatisthenatureofthiscodeviolation", RECORD_TEXT},
    {u"title", RECORD_TITLE},
    {u"标题", RECORD_TITLE},
    {u"留言主题", RECORD_TITLE},
    {u"诉求标题", RECORD_TITLE},
    {u"工单标题", RECORD_TITLE},
    {u"主题", RECORD_TITLE},
    {u"descriptor", RECORD_TITLE},
    {u"address", RECORD_ADDRESS},
    {u"被反映区", RECORD_ADDRESS},
    {u"所属区", RECORD_ADDRESS},
    {u"街乡镇", RECORD_ADDRESS},
    {u"被反映街道", RECORD_ADDRESS},
    {u"街道", RECORD_ADDRESS},
    {u"村社区", RECORD_ADDRESS},
    {u"社区村", RECORD_ADDRESS},
    {u"社区", RECORD_ADDRESS},
    {u"小区点位", RECORD_ADDRESS},
    {u"详细地址", RECORD_ADDRESS},
    {u"发生地点", RECORD_ADDRESS},
    {u"发生地址", RECORD_ADDRESS},
    {u"地址", RECORD_ADDRESS},
    {u"streetaddress", RECORD_ADDRESS},
    {u"incidentaddress", RECORD_ADDRESS},
    {u"category", RECORD_CATEGORY},
    {u"问题分类", RECORD_CATEGORY},
    {u"一级分类", RECORD_CATEGORY},
    {u"二级分类", RECORD_CATEGORY},
    {u"三级分类", RECORD_CATEGORY},
    {u"诉求分类", RECORD_CATEGORY},
    {u"问题类别", RECORD_CATEGORY},
    {u"servicename", RECORD_CATEGORY},
    {u"complainttype", RECORD_CATEGORY},
    {u"typeofservicerequest", RECORD_CATEGORY},
    {u"srtype", RECORD_CATEGORY},
    {u"channel", RECORD_CHANNEL},
    {u"来源渠道", RECORD_CHANNEL},
    {u"诉求渠道", RECORD_CHANNEL},
    {u"来源", RECORD_CHANNEL},
    {u"reporter", RECORD_REPORTER},
    {u"来电人", RECORD_REPORTER},
    {u"诉求人", RECORD_REPORTER},
    {u"留言用户", RECORD_REPORTER},
    {u"投诉人", RECORD_REPORTER},
    {u"area", RECORD_AREA},
    {u"行政区划代码", RECORD_AREA},
    {u"区划代码", RECORD_AREA},
    {u"lat", RECORD_LAT},
    {u"latitude", RECORD_LAT},
    {u"纬度", RECORD_LAT},
    {u"lon", RECORD_LON},
    {u"long", RECORD_LON},
    {u"lng", RECORD_LON},
    {u"longitude", RECORD_LON},
    {u"经度", RECORD_LON},
    {u"closed", RECORD_CLOSED},
    {u"办结时间", RECORD_CLOSED},
    {u"结案时间", RECORD_CLOSED},
    {u"答复时间", RECORD_CLOSED},
    {u"closeddate", RECORD_CLOSED},
    {u"completiondate", RECORD_CLOSED},
    {u"updated", RECORD_UPDATED},
    {u"resolved", RECORD_RESOLVED},
    {u"是否解决", RECORD_RESOLVED},
    {u"satisfied", RECORD_SATISFIED},
    {u"是否满意", RECORD_SATISFIED},
    {u"contacted", RECORD_CONTACTED},
    {u"是否联系", RECORD_CONTACTED},
    {u"withdrawn", RECORD_WITHDRAWN},
    {u"是否撤单", RECORD_WITHDRAWN},
};

static int is_ignored(uint16_t c)
{
    return c < '0' || (c > '9' && c < 'a') || (c > 'z' && c < 0x80) || (c >= 0x2000 && c < 0x2070) ||
           (c >= 0x3000 && c < 0x3020) || (c >= 0xfe30 && c < 0xfe70);
}

/* Writes what is compared, with a 0 at the end. 0 when the header is longer than any name. */
static int normalise(weisu_str header, uint16_t name[longest_name])
{
    size_t count = 0;
    for (size_t at = 0; at < header.size;) {
        uint32_t code;
        at += utf8_read((const unsigned char *)header.data + at, header.size - at, &code);
        uint16_t c = code > 0xffff ? UTF8_REPLACEMENT : fold_character((uint16_t)code);
        if (is_ignored(c))
            continue;
        if (count == longest_name - 1)
            return 0;
        name[count++] = c;
    }
    name[count] = 0;
    return 1;
}

static int is_equal(const uint16_t *a, const uint16_t *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

struct column_name column_name_find(weisu_str header)
{
    uint16_t name[longest_name];
    struct column_name none = {RECORD_KEYS, 0};
    if (!normalise(header, name) || !name[0])
        return none;
    for (uint32_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (is_equal(known[i].name, name))
            return (struct column_name){known[i].key, i};
    return none;
}
