#include "console.h"

#include <stdarg.h>

#include "hypercall.h"
#include "memory.h"

static struct xencons_interface *ring; /* null for the first domain, which has none */
static uint32_t port;

void console_init(const struct start_info *info)
{
    if (info->flags & SIF_INITDOMAIN) return;
    ring = (struct xencons_interface *)frame_address(info->console_mfn);
    port = info->console_evtchn;
}

static void kick(void)
{
    struct evtchn_port argument = { port };
    event_channel_op(EVTCHNOP_send, &argument);
}

void console_write(const char *text, uint32_t length)
{
    if (!ring) {
        HYPERCALL(console_io, 0, length, text, 0);
        return;
    }

    volatile uint32_t *taken = &ring->out_cons;
    for (uint32_t i = 0; i < length; i++) {
        while (ring->out_prod - *taken == sizeof ring->out) {
            kick();
            sched_op(SCHEDOP_yield, NULL);
        }
        ring->out[ring->out_prod % sizeof ring->out] = text[i];
        __asm__ volatile("" ::: "memory"); /* The text must be there before the index says so. */
        ring->out_prod++;
    }
    kick();
}

void console_drain(void)
{
    if (!ring) return;
    volatile uint32_t *taken = &ring->out_cons;
    while (*taken != ring->out_prod) {
        kick();
        sched_op(SCHEDOP_yield, NULL);
    }
}

static char *put_number(char *at, uint64_t value, unsigned base)
{
    char digits[24];
    int n = 0;
    do digits[n++] = "0123456789abcdef"[value % base];
    while (value /= base);
    while (n) *at++ = digits[--n];
    return at;
}

void print(const char *format, ...)
{
    char line[256], *at = line;
    va_list arguments;
    va_start(arguments, format);
    for (; *format && at < line + sizeof line - 32; format++) {
        if (*format != '%') {
            *at++ = *format;
            continue;
        }
        switch (*++format) {
        case 's':
            for (const char *s = va_arg(arguments, const char *); *s && at < line + sizeof line - 32;) *at++ = *s++;
            break;
        case 'd': {
            int value = va_arg(arguments, int);
            if (value < 0) *at++ = '-';
            at = put_number(at, value < 0 ? -(int64_t)value : value, 10);
            break;
        }
        case 'u':
            at = put_number(at, va_arg(arguments, unsigned), 10);
            break;
        case 'l': /* %lx */
            format++;
            *at++ = '0';
            *at++ = 'x';
            at = put_number(at, va_arg(arguments, uint64_t), 16);
            break;
        default:
            *at++ = *format;
        }
    }
    va_end(arguments);
    console_write(line, at - line);
}
