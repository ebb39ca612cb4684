#include "io/column_names.h"

#include "base/utf8.h"
#include "text/fold.h"

enum { longest_name = 64 };

struct known_name {
    const uint16_t *name; /* folded, without spaces and punctuation */
    enum record_key key;
};

/* In the order of preference within a key. Units (承办单位, 主办单位) and answers give no field. */
static const struct known_name known[] = {
    {u"id", RECORD_ID},
    {u"工单编号", RECORD_ID},
    {u"工单号", RECORD_ID},
    {u"工单id", RECORD_ID},
    {u"工单流水号", RECORD_ID},
    {u"留言编号", RECORD_ID},
    {u"诉求编号", RECORD_ID},
    {u"案件编号", RECORD_ID},
    {u"案件号", RECORD_ID},
    {u"投诉编号", RECORD_ID},
    {u"受理编号", RECORD_ID},
    {u"受理单号", RECORD_ID},
    {u"事件编号", RECORD_ID},
    {u"事项编号", RECORD_ID},
    {u"任务编号", RECORD_ID},
    {u"任务号", RECORD_ID},
    {u"信件编号", RECORD_ID},
    {u"来信编号", RECORD_ID},
    {u"登记编号", RECORD_ID},
    {u"业务编号", RECORD_ID},
    {u"流水号", RECORD_ID},
    {u"热线编号", RECORD_ID},
    {u"记录编号", RECORD_ID},
    {u"编号", RECORD_ID},
    {u"servicerequestid", RECORD_ID},
    {u"servicerequestnumber", RECORD_ID},
    {u"servicerequestno", RECORD_ID},
    {u"srnumber", RECORD_ID},
    {u"uniquekey", RECORD_ID},
    {u"caseid", RECORD_ID},
    {u"casenumber", RECORD_ID},
    {u"ticketid", RECORD_ID},
    {u"requestid", RECORD_ID},
    {u"complaintid", RECORD_ID},
    {u"time", RECORD_TIME},
    {u"来电时间", RECORD_TIME},
    {u"留言时间", RECORD_TIME},
    {u"诉求时间", RECORD_TIME},
    {u"投诉时间", RECORD_TIME},
    {u"受理时间", RECORD_TIME},
    {u"登记时间", RECORD_TIME},
    {u"创建时间", RECORD_TIME},
    {u"反映时间", RECORD_TIME},
    {u"来信时间", RECORD_TIME},
    {u"接收时间", RECORD_TIME},
    {u"接件时间", RECORD_TIME},
    {u"提交时间", RECORD_TIME},
    {u"录入时间", RECORD_TIME},
    {u"上报时间", RECORD_TIME},
    {u"来电日期", RECORD_TIME},
    {u"留言日期", RECORD_TIME},
    {u"诉求日期", RECORD_TIME},
    {u"投诉日期", RECORD_TIME},
    {u"受理日期", RECORD_TIME},
    {u"登记日期", RECORD_TIME},
    {u"创建日期", RECORD_TIME},
    {u"反映日期", RECORD_TIME},
    {u"发生时间", RECORD_TIME},
    {u"时间", RECORD_TIME},
    {u"日期", RECORD_TIME},
    {u"requesteddatetime", RECORD_TIME},
    {u"creationdate", RECORD_TIME},
    {u"createddate", RECORD_TIME},
    {u"createdat", RECORD_TIME},
    {u"opened", RECORD_TIME},
    {u"dateopened", RECORD_TIME},
    {u"opendate", RECORD_TIME},
    {u"opendt", RECORD_TIME},
    {u"datecreated", RECORD_TIME},
    {u"reportedat", RECORD_TIME},
    {u"datetime", RECORD_TIME},
    {u"timestamp", RECORD_TIME},
    {u"date", RECORD_TIME},
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
    {u"来信内容", RECORD_TEXT},
    {u"信件内容", RECORD_TEXT},
    {u"受理内容", RECORD_TEXT},
    {u"事件描述", RECORD_TEXT},
    {u"诉求描述", RECORD_TEXT},
    {u"工单描述", RECORD_TEXT},
    {u"问题内容", RECORD_TEXT},
    {u"具体内容", RECORD_TEXT},
    {u"案件内容", RECORD_TEXT},
    {u"案件描述", RECORD_TEXT},
    {u"事项内容", RECORD_TEXT},
    {u"事项描述", RECORD_TEXT},
    {u"情况描述", RECORD_TEXT},
    {u"详细描述", RECORD_TEXT},
    {u"反映问题", RECORD_TEXT},
    {u"诉求详情", RECORD_TEXT},
    {u"诉求", RECORD_TEXT},
    {u"内容", RECORD_TEXT},
    {u"描述", RECORD_TEXT},
    {u"description", RECORD_TEXT},
    {u"details", RECORD_TEXT},
    {u"complaint", RECORD_TEXT},
    {u"content", RECORD_TEXT},
    {u"whatisthenatureofthiscodeviolation", RECORD_TEXT},
    {u"title", RECORD_TITLE},
    {u"标题", RECORD_TITLE},
    {u"留言主题", RECORD_TITLE},
    {u"诉求标题", RECORD_TITLE},
    {u"诉求主题", RECORD_TITLE},
    {u"工单标题", RECORD_TITLE},
    {u"工单主题", RECORD_TITLE},
    {u"来信标题", RECORD_TITLE},
    {u"信件标题", RECORD_TITLE},
    {u"事件标题", RECORD_TITLE},
    {u"案件标题", RECORD_TITLE},
    {u"投诉标题", RECORD_TITLE},
    {u"主题", RECORD_TITLE},
    {u"题目", RECORD_TITLE},
    {u"descriptor", RECORD_TITLE},
    {u"subject", RECORD_TITLE},
    {u"summary", RECORD_TITLE},
    {u"address", RECORD_ADDRESS},
    {u"被反映区", RECORD_ADDRESS},
    {u"被反映区县", RECORD_ADDRESS},
    {u"所属区", RECORD_ADDRESS},
    {u"所属区县", RECORD_ADDRESS},
    {u"所属城区", RECORD_ADDRESS},
    {u"行政区", RECORD_ADDRESS},
    {u"行政区划", RECORD_ADDRESS},
    {u"区县", RECORD_ADDRESS},
    {u"区", RECORD_ADDRESS},
    {u"属地", RECORD_ADDRESS},
    {u"街乡镇", RECORD_ADDRESS},
    {u"街道乡镇", RECORD_ADDRESS},
    {u"乡镇街道", RECORD_ADDRESS},
    {u"被反映街道", RECORD_ADDRESS},
    {u"被反映街乡镇", RECORD_ADDRESS},
    {u"所属街道", RECORD_ADDRESS},
    {u"所属街乡镇", RECORD_ADDRESS},
    {u"街道", RECORD_ADDRESS},
    {u"村社区", RECORD_ADDRESS},
    {u"社区村", RECORD_ADDRESS},
    {u"被反映社区", RECORD_ADDRESS},
    {u"所属社区", RECORD_ADDRESS},
    {u"社区", RECORD_ADDRESS},
    {u"村", RECORD_ADDRESS},
    {u"村居", RECORD_ADDRESS},
    {u"小区点位", RECORD_ADDRESS},
    {u"小区", RECORD_ADDRESS},
    {u"小区名称", RECORD_ADDRESS},
    {u"点位", RECORD_ADDRESS},
    {u"详细地址", RECORD_ADDRESS},
    {u"具体地址", RECORD_ADDRESS},
    {u"发生地点", RECORD_ADDRESS},
    {u"发生地址", RECORD_ADDRESS},
    {u"事发地点", RECORD_ADDRESS},
    {u"事发地址", RECORD_ADDRESS},
    {u"事件地址", RECORD_ADDRESS},
    {u"问题地址", RECORD_ADDRESS},
    {u"诉求地址", RECORD_ADDRESS},
    {u"诉求地点", RECORD_ADDRESS},
    {u"反映地址", RECORD_ADDRESS},
    {u"案发地址", RECORD_ADDRESS},
    {u"地址", RECORD_ADDRESS},
    {u"地点", RECORD_ADDRESS},
    {u"位置", RECORD_ADDRESS},
    {u"streetaddress", RECORD_ADDRESS},
    {u"incidentaddress", RECORD_ADDRESS},
    {u"fulladdress", RECORD_ADDRESS},
    {u"addressstring", RECORD_ADDRESS},
    {u"borough", RECORD_ADDRESS},
    {u"category", RECORD_CATEGORY},
    {u"问题分类", RECORD_CATEGORY},
    {u"诉求分类", RECORD_CATEGORY},
    {u"问题类别", RECORD_CATEGORY},
    {u"诉求类别", RECORD_CATEGORY},
    {u"事项分类", RECORD_CATEGORY},
    {u"内容分类", RECORD_CATEGORY},
    {u"工单分类", RECORD_CATEGORY},
    {u"案件分类", RECORD_CATEGORY},
    {u"事件分类", RECORD_CATEGORY},
    {u"归口分类", RECORD_CATEGORY},
    {u"一级分类", RECORD_CATEGORY},
    {u"二级分类", RECORD_CATEGORY},
    {u"三级分类", RECORD_CATEGORY},
    {u"四级分类", RECORD_CATEGORY},
    {u"五级分类", RECORD_CATEGORY},
    {u"一级类别", RECORD_CATEGORY},
    {u"二级类别", RECORD_CATEGORY},
    {u"三级类别", RECORD_CATEGORY},
    {u"四级类别", RECORD_CATEGORY},
    {u"一级标签", RECORD_CATEGORY},
    {u"二级标签", RECORD_CATEGORY},
    {u"三级标签", RECORD_CATEGORY},
    {u"一级问题分类", RECORD_CATEGORY},
    {u"二级问题分类", RECORD_CATEGORY},
    {u"三级问题分类", RECORD_CATEGORY},
    {u"四级问题分类", RECORD_CATEGORY},
    {u"问题大类", RECORD_CATEGORY},
    {u"问题小类", RECORD_CATEGORY},
    {u"大类", RECORD_CATEGORY},
    {u"小类", RECORD_CATEGORY},
    {u"分类", RECORD_CATEGORY},
    {u"类别", RECORD_CATEGORY},
    {u"servicename", RECORD_CATEGORY},
    {u"complainttype", RECORD_CATEGORY},
    {u"typeofservicerequest", RECORD_CATEGORY},
    {u"requesttype", RECORD_CATEGORY},
    {u"servicerequesttype", RECORD_CATEGORY},
    {u"srtype", RECORD_CATEGORY},
    {u"casetitle", RECORD_CATEGORY},
    {u"channel", RECORD_CHANNEL},
    {u"来源渠道", RECORD_CHANNEL},
    {u"诉求渠道", RECORD_CHANNEL},
    {u"诉求来源", RECORD_CHANNEL},
    {u"受理渠道", RECORD_CHANNEL},
    {u"来电渠道", RECORD_CHANNEL},
    {u"工单来源", RECORD_CHANNEL},
    {u"信息来源", RECORD_CHANNEL},
    {u"事件来源", RECORD_CHANNEL},
    {u"来源", RECORD_CHANNEL},
    {u"渠道", RECORD_CHANNEL},
    {u"openedvia", RECORD_CHANNEL},
    {u"opendatachanneltype", RECORD_CHANNEL},
    {u"origin", RECORD_CHANNEL},
    {u"source", RECORD_CHANNEL},
    {u"reporter", RECORD_REPORTER},
    {u"来电人", RECORD_REPORTER},
    {u"诉求人", RECORD_REPORTER},
    {u"留言用户", RECORD_REPORTER},
    {u"投诉人", RECORD_REPORTER},
    {u"反映人", RECORD_REPORTER},
    {u"举报人", RECORD_REPORTER},
    {u"来信人", RECORD_REPORTER},
    {u"市民姓名", RECORD_REPORTER},
    {u"客户姓名", RECORD_REPORTER},
    {u"姓名", RECORD_REPORTER},
    {u"来电号码", RECORD_REPORTER},
    {u"主叫号码", RECORD_REPORTER},
    {u"联系电话", RECORD_REPORTER},
    {u"联系方式", RECORD_REPORTER},
    {u"手机号码", RECORD_REPORTER},
    {u"手机号", RECORD_REPORTER},
    {u"电话", RECORD_REPORTER},
    {u"网名", RECORD_REPORTER},
    {u"昵称", RECORD_REPORTER},
    {u"area", RECORD_AREA},
    {u"行政区划代码", RECORD_AREA},
    {u"区划代码", RECORD_AREA},
    {u"行政区划编码", RECORD_AREA},
    {u"区划编码", RECORD_AREA},
    {u"地区代码", RECORD_AREA},
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
    {u"回复时间", RECORD_CLOSED},
    {u"办理完成时间", RECORD_CLOSED},
    {u"完成时间", RECORD_CLOSED},
    {u"办结日期", RECORD_CLOSED},
    {u"结案日期", RECORD_CLOSED},
    {u"答复日期", RECORD_CLOSED},
    {u"回复日期", RECORD_CLOSED},
    {u"closeddate", RECORD_CLOSED},
    {u"completiondate", RECORD_CLOSED},
    {u"closedat", RECORD_CLOSED},
    {u"dateclosed", RECORD_CLOSED},
    {u"closedt", RECORD_CLOSED},
    {u"closeddatetime", RECORD_CLOSED},
    {u"updated", RECORD_UPDATED},
    {u"resolved", RECORD_RESOLVED},
    {u"是否解决", RECORD_RESOLVED},
    {u"解决情况", RECORD_RESOLVED},
    {u"是否已解决", RECORD_RESOLVED},
    {u"诉求人认为是否解决", RECORD_RESOLVED},
    {u"satisfied", RECORD_SATISFIED},
    {u"是否满意", RECORD_SATISFIED},
    {u"满意情况", RECORD_SATISFIED},
    {u"满意度", RECORD_SATISFIED},
    {u"满意度评价", RECORD_SATISFIED},
    {u"是否满意评价", RECORD_SATISFIED},
    {u"contacted", RECORD_CONTACTED},
    {u"是否联系", RECORD_CONTACTED},
    {u"联系情况", RECORD_CONTACTED},
    {u"是否已联系", RECORD_CONTACTED},
    {u"是否响应", RECORD_CONTACTED},
    {u"withdrawn", RECORD_WITHDRAWN},
    {u"是否撤单", RECORD_WITHDRAWN},
    {u"是否撤销", RECORD_WITHDRAWN},
};

static int is_ignored(uint16_t c)
{
    return c < '0' || (c > '9' && c < 'a') || (c > 'z' && c < 0x80) || (c >= 0x2000 && c < 0x2070) ||
           (c >= 0x3000 && c < 0x3020) || (c >= 0xfe30 && c < 0xfe70);
}

static uint16_t opening_of(uint16_t c)
{
    return c == ')' ? '(' : c == ']' ? '[' : c == 0x3011 ? 0x3010 : c == 0x3015 ? 0x3014 : 0;
}

/* Drops what stands in brackets at the end: 问题描述（必填）, 来电时间(年月日). A name that is brackets only stays. */
static size_t without_brackets(const uint16_t *name, size_t count)
{
    uint16_t opening = count ? opening_of(name[count - 1]) : 0;
    for (size_t at = count; opening && at > 1; at--)
        if (name[at - 1] == opening)
            return at - 1;
    return count;
}

/* Writes what is compared, with a 0 at the end. 0 when the header is longer than any name. */
static int normalise(weisu_str header, uint16_t name[longest_name])
{
    size_t count = 0;
    for (size_t at = 0; at < header.size;) {
        uint32_t code;
        at += utf8_read((const unsigned char *)header.data + at, header.size - at, &code);
        if (count == longest_name - 1)
            return 0;
        name[count++] = code > 0xffff ? UTF8_REPLACEMENT : fold_character((uint16_t)code);
    }
    while (count && is_ignored(name[count - 1]) && !opening_of(name[count - 1]))
        count--;
    size_t cut = without_brackets(name, count);
    count = 0;
    for (size_t i = 0; i < cut; i++)
        if (!is_ignored(name[i]))
            name[count++] = name[i];
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
