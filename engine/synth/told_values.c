#include "synth/told_values.h"

static void write_clock_face(struct draw *draw, const char *prefix, uint32_t hour, struct byte_buffer *out)
{
    byte_buffer_append_text(out, prefix);
    byte_buffer_append_int(out, hour);
    byte_buffer_append_text(out, "点");
    uint32_t form = draw_below(draw, 6);
    if (form == 0) {
        byte_buffer_append_text(out, "半");
    } else if (form == 1) {
        byte_buffer_append_int(out, 10 + 10 * (int)draw_below(draw, 5));
        byte_buffer_append_text(out, "分");
    } else if (form == 2) {
        byte_buffer_append_text(out, "多");
    }
}

void value_clock(struct draw *draw, struct byte_buffer *out)
{
    uint32_t hour = 6 + draw_below(draw, 16);
    const char *prefix = hour < 9 ? "早上" : hour < 12 ? "上午" : hour == 12 ? "中午" : hour < 18 ? "下午" : "晚上";
    write_clock_face(draw, prefix, hour > 12 ? hour - 12 : hour, out);
}

void value_night_clock(struct draw *draw, struct byte_buffer *out)
{
    uint32_t hour = draw_below(draw, 7); /* 22 to 4 */
    if (hour < 2)
        write_clock_face(draw, draw_chance(draw, 500) ? "晚上" : "夜里", 10 + hour, out);
    else if (hour == 2)
        byte_buffer_append_text(out, "夜里12点");
    else
        write_clock_face(draw, draw_chance(draw, 700) ? "凌晨" : "后半夜", hour - 2, out);
}

static void write_digits(struct draw *draw, uint32_t count, struct byte_buffer *out)
{
    while (count--)
        byte_buffer_append_char(out, (char)('0' + draw_below(draw, 10)));
}

void value_phone(struct draw *draw, struct byte_buffer *out)
{
    static const char *const heads[] = {"130", "135", "136", "138", "139", "150", "158", "159", "177", "186", "188"};
    byte_buffer_append_text(out, heads[draw_below(draw, 11)]);
    byte_buffer_append_text(out, "0000");
    write_digits(draw, 4, out);
}

void value_plate(struct draw *draw, struct byte_buffer *out)
{
    static const char letters[] = "ABCEFGHJKLMNPQ";
    byte_buffer_append_text(out, "京");
    byte_buffer_append_char(out, letters[draw_below(draw, sizeof letters - 1)]);
    byte_buffer_append_text(out, draw_chance(draw, 200) ? "·" : "");
    write_digits(draw, 3, out);
    byte_buffer_append_char(out, letters[draw_below(draw, sizeof letters - 1)]);
    write_digits(draw, 1, out);
}

/* GB 11643-1999; 110199 is no county. */
void value_identity(struct draw *draw, struct byte_buffer *out)
{
    static const uint32_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    uint32_t date = (1940 + draw_below(draw, 65)) * 10000 + (1 + draw_below(draw, 12)) * 100 + 1 + draw_below(draw, 28);
    uint32_t sum = 0;
    size_t from = out->size;
    byte_buffer_append_text(out, "110199");
    byte_buffer_append_int(out, date);
    write_digits(draw, 3, out);
    if (out->failed)
        return;
    for (size_t i = 0; i < 17; i++)
        sum += weights[i] * (uint32_t)(out->data[from + i] - '0');
    byte_buffer_append_char(out, "10X98765432"[sum % 11]);
}

void value_email(struct draw *draw, struct byte_buffer *out)
{
    static const char *const domains[] = {"@example.com", "@mail.example.net", "@example.org"};
    for (uint32_t i = 4 + draw_below(draw, 5); i; i--)
        byte_buffer_append_char(out, (char)('a' + draw_below(draw, 26)));
    write_digits(draw, draw_below(draw, 4), out);
    byte_buffer_append_text(out, domains[draw_below(draw, 3)]);
}

/* Two or three digits count, the rest is rounded away, as people name amounts. */
void value_money(struct draw *draw, uint32_t low, uint32_t high, struct byte_buffer *out)
{
    uint32_t amount = (uint32_t)draw_between(draw, low, high);
    uint32_t unit = amount >= 100000 ? 10000 : amount >= 10000 ? 1000 : amount >= 1000 ? 100 : amount >= 100 ? 10 : 1;
    if (draw_chance(draw, 800))
        amount = amount / unit * unit;
    if (amount >= 10000 && draw_chance(draw, 600)) {
        byte_buffer_append_int(out, amount / 10000);
        if (amount % 10000 >= 1000) {
            byte_buffer_append_char(out, '.');
            byte_buffer_append_int(out, amount % 10000 / 1000);
        }
        byte_buffer_append_text(out, "万元");
        return;
    }
    byte_buffer_append_int(out, amount);
    byte_buffer_append_text(out, draw_chance(draw, 750) ? "元" : "块钱");
}
