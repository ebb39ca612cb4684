/* Masking: planted values in many spellings must go, look-alikes must stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "text/mask.h"

struct planted {
    const char *before;
    const char *value;
    const char *after;
};

static const struct planted planted[] = {
    /* mobile */
    {"", "13800138000", ""},
    {"请致电", "13912345678", "张先生"},
    {"tel", "15012345678", "abc"},
    {"电话：", "138-0013-8000", "。"},
    {"电话：", "138 0013 8000", "。"},
    {"手机", "1380013 8000", ""},
    {"手机", "138 00138000", ""},
    {"手机", "138.0013.8000", ""},
    {"手机", "138—0013—8000", ""},
    {"手机", "138－0013－8000", ""},
    {"手机", "138　0013　8000", ""},
    {"手机", "138 - 0013 - 8000", "。"},
    {"联系", "１３８００１３８０００", "谢谢"},
    {"联系", "１３８-００１３-８０００", "谢谢"},
    {"联系", "1 3 8 0 0 1 3 8 0 0 0", "谢谢"},
    {"联系", "138 00 13 80 00", "谢谢"},
    {"", "+8613800138000", ""},
    {"", "+86 138 0013 8000", ""},
    {"", "+86-13800138000", ""},
    {"（+86）", "13800138000", ""},
    {"", "8613800138000", "拨打"},
    {"", "008613800138000", ""},
    {"", "0086 19912345678", ""},
    {"", "013800138000", ""},
    {"\"reporter\":\"", "17712345678", "\"}"},
    {"(", "16612345678", ")"},
    {"1.", "13800138000", " 2."},
    {"两个号码", "1380013800013912345678", ""},
    {"编号2019-08-12-", "13800138000", ""},
    /* landline */
    {"", "010-65123456", "转3"},
    {"", "01065123456", ""},
    {"", "(010)65123456", ""},
    {"", "（0731）8888 8888", ""},
    {"", "0731-8888888", ""},
    {"", "073188888888", ""},
    {"", "0755 2345 6789", ""},
    {"", "+86 10 6512 3456", ""},
    {"", "86-731-88888888", ""},
    {"", "400-650-1234", ""},
    {"", "400 6501234", ""},
    {"", "4006-501-234", ""},
    {"办公电话：", "65123456", ""},
    {"聯繫電話", "6512 3456", "。"},
    {"联系方式是", "88881234", "，"},
    {"座机号码为：", "8881234", ""},
    {"Tel: ", "65123456", ""},
    {"手机号", "12345678901", ""},
    {"电话65123456、", "65123457", "均无人接听"},
    {"电话65123456或者", "8881234", "均无人接听"},
    {"", "+1 312 555 0100", ""},
    /* identity */
    {"身份证", "110105199003071234", ""},
    {"身份证号码：", "11010519900307123X", "。"},
    {"", "11010519900307123x", "女"},
    {"", "110105 19900307 1234", ""},
    {"", "110105-1990-0307-123X", ""},
    {"", "1101 0519 9003 0712 34", ""},
    {"", "１１０１０５１９９００３０７１２３Ｘ", ""},
    {"住户", "500101198512310011", "反映"},
    {"旧证", "110105900307123", ""},
    {"身份证号", "999999999999999999", ""},
    {"證件號碼", "123456789012345", ""},
    /* plates */
    {"车牌", "京A12345", "违停"},
    {"", "京A·12345", ""},
    {"", "京A 12345", ""},
    {"", "京A-1234B", ""},
    {"", "京 A12345", ""},
    {"", "京AD12345", "新能源"},
    {"", "沪A12345D", ""},
    {"", "湘a8k123", ""},
    {"", "京ＡＤ１２３４５", ""},
    {"", "京Ａ・Ｄ12345", ""},
    {"", "粵B12345", ""},
    {"", "冀AB1C23", ""},
    {"", "京A1234警", ""},
    {"", "粤Z1234港", ""},
    {"车牌号：", "A12345", ""},
    {"一辆", "渝D55K77", "的车"},
    /* e-mail */
    {"", "zhang.san@example.com", ""},
    {"邮箱zs_1990@", "qq.com", "请回复"},
    {"邮箱", "zs_1990＠qq.com", "请回复"},
    {"邮箱", "zs1990@qq。com", "请回复"},
    {"邮箱", "123456789 @ qq.com", "请回复"},
    {"邮箱", "13800138000@163.com", "请回复"},
    {"<mailto:", "a+b@mail.gov.cn", ">"},
    {"邮箱：", "ＺＳ@qq.com", ""},
};

enum { planted_count = sizeof planted / sizeof planted[0] };

/* Look-alikes: none of them may change. */
static const char *const kept[] = {
    "2019年08月12日13时45分",
    "2019-08-12 13:45:03",
    "2019-08-12T13:45:03.123+08:00",
    "20190812134503",
    "1565593503123",
    "12345热线，110报警，96310，95588",
    "电话12345没人接",
    "0731-12345",
    "110 kV变电站，10kV线路",
    "总价1234567元，单价13800元/平方米",
    "工单编号20190812000123456789",
    "订单号1380013800013",
    "订单 202308150001234567",
    "流水号138001380001380013800",
    "110105001000",
    "8号楼15单元1301室",
    "15-3-1801",
    "13、14、15、16、17、18号楼",
    "192.168.100.100 183.160.123.45",
    "北纬39.904211，东经116.407395",
    "(2019)京0105民初12345号",
    "G6高速、京G6、京A座1234室",
    "新A1区、云B2栋10101、京B楼",
    "京A1234567",
    "京广线K123",
    "@北京 5@6 a@b user@localhost",
    "1,380,013,800.00元",
    "来电时间20190812",
    "联系电话：无，面积1200平方米",
    "A7县2019年",
    "统一社会信用代码91110105MA01ABCD1X",
    "6222 0212 3456 7890 123",
    "热线12345，12319，12358",
    "电话********",
    "703 2301 2001 1002 1302 1402 2201 201 2502 2602 12702",
    "41.831333970128874,-87.67281114200225",
    "41.8616752411767",
    "",
};

static const unsigned char *find_bytes(const char *in, size_t size, const char *what)
{
    return memmem(in, size, what, strlen(what));
}

static void planted_values_go(void **state)
{
    (void)state;
    assert_true(planted_count >= 50);
    for (size_t i = 0; i < planted_count; i++) {
        char text[256];
        int size = snprintf(text, sizeof text, "%s%s%s", planted[i].before, planted[i].value, planted[i].after);
        size_t masked = mask_personal(text, (size_t)size);
        if (!masked || find_bytes(text, (size_t)size, planted[i].value))
            fail_msg("%s%s%s became %s", planted[i].before, planted[i].value, planted[i].after, text);
    }
}

/* Nothing of a value stays in the middle of other text either, and what is around it does. */
static void surroundings_survive(void **state)
{
    (void)state;
    for (size_t i = 0; i < planted_count; i++) {
        char text[256];
        char was[256];
        int size =
            snprintf(text, sizeof text, "反映：%s%s%s，请解决", planted[i].before, planted[i].value, planted[i].after);
        memcpy(was, text, sizeof was);
        assert_true(mask_personal(text, (size_t)size) >= 1);
        assert_null(find_bytes(text, (size_t)size, planted[i].value));
        assert_memory_equal(text, was, strlen("反映："));
        size_t tail = strlen(planted[i].after) + strlen("，请解决");
        assert_memory_equal(text + size - tail, was + size - tail, tail);
    }
}

static void look_alikes_stay(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        char text[256];
        size_t size = strlen(kept[i]);
        memcpy(text, kept[i], size + 1);
        size_t masked = mask_personal(text, size);
        if (masked || strcmp(text, kept[i]) != 0)
            fail_msg("%s became %s", kept[i], text);
        masked = mask_personal_escaped(text, size);
        if (masked || strcmp(text, kept[i]) != 0)
            fail_msg("escaped: %s became %s", kept[i], text);
    }
}

static void asterisks_keep_the_width(void **state)
{
    (void)state;
    char text[] = "京A·１2345和138-0013-8000";
    assert_int_equal(mask_personal(text, strlen(text)), 2);
    assert_string_equal(text, "＊*·＊****和***-****-****");
}

/* Every character of the value as a JSON escape, as programs write it that keep to ASCII. */
static size_t escape_all(const char *value, char *out)
{
    size_t size = 0;
    for (const unsigned char *at = (const unsigned char *)value; *at;) {
        uint32_t code = at[0];
        if (code >= 0xe0) {
            code = (code & 0xf) << 12 | (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
            at += 3;
        } else if (code >= 0xc0) {
            code = (code & 0x1f) << 6 | (at[1] & 0x3f);
            at += 2;
        } else {
            at++;
        }
        size += (size_t)sprintf(out + size, "\\u%04x", code);
    }
    return size;
}

static void escapes_hide_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < planted_count; i++) {
        char plain[256];
        char text[2048];
        snprintf(plain, sizeof plain, "%s%s", planted[i].before, planted[i].value);
        size_t size = escape_all(plain, text);
        char value[1024];
        size_t value_size = escape_all(planted[i].value, value);
        assert_true(mask_personal_escaped(text, size) >= 1);
        assert_null(find_bytes(text, size, value));
        assert_true(value_size <= size && strlen(text) == size);
        assert_non_null(strstr(text, "******"));
    }
    char mixed[] = "{\"text\":\"\\u4eacA12345\\n13800138000\"";
    assert_int_equal(mask_personal_escaped(mixed, strlen(mixed)), 2);
    assert_string_equal(mixed, "{\"text\":\"************\\n***********\"");
}

/* Whatever stands in front, however it is aligned and cut: the fast path and the slow one must agree. */
static void position_does_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < planted_count; i++)
        for (size_t shift = 0; shift < 40; shift++) {
            char text[512];
            size_t size = 0;
            for (; size < shift; size++)
                text[size] = ';';
            size += (size_t)snprintf(text + size, 256, "，%s%s", planted[i].before, planted[i].value);
            assert_true(mask_personal(text, size) >= 1);
            assert_null(find_bytes(text, size, planted[i].value));
        }
}

/* What looked like an order number beside a phone number is a plate once that is hidden. */
static void plate_before_phone(void **state)
{
    (void)state;
    char text[] = "京A·1380AD16900069000 0";
    assert_int_equal(mask_personal(text, sizeof text - 1), 2);
    assert_null(find_bytes(text, sizeof text - 1, "1380"));
    assert_int_equal(mask_personal(text, sizeof text - 1), 0);
}

static void masking_twice_changes_nothing(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789 -.@axXA京·（138";
    for (uint64_t draw = 0; draw < 200000; draw++) {
        char text[64];
        char once[64];
        uint64_t bits = hash_mix(draw);
        size_t size = 1 + bits % 60;
        for (size_t i = 0; i < size; i++) {
            bits = hash_mix(bits + i);
            text[i] = alphabet[bits % (sizeof alphabet - 1)];
        }
        mask_personal(text, size);
        memcpy(once, text, size);
        mask_personal(text, size);
        assert_memory_equal(once, text, size);
    }
}

static void hostile_text_is_linear(void **state)
{
    (void)state;
    static char text[1 << 20];
    static const char *const patterns[] = {"1 ", "1", "a@", "1-", "京A", "@", "13800138000", "电", "0 ", ".a", "a."};
    for (size_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
        size_t step = strlen(patterns[p]);
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = patterns[p][i % step];
        mask_personal(text, sizeof text);
        mask_personal_escaped(text, sizeof text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_values_go),      cmocka_unit_test(surroundings_survive),
        cmocka_unit_test(look_alikes_stay),       cmocka_unit_test(asterisks_keep_the_width),
        cmocka_unit_test(escapes_hide_nothing),   cmocka_unit_test(position_does_not_matter),
        cmocka_unit_test(plate_before_phone),     cmocka_unit_test(masking_twice_changes_nothing),
        cmocka_unit_test(hostile_text_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
