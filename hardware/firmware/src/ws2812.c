// SPDX-License-Identifier: EUPL-1.2
/*
 * A bit is a pulse: short for a zero, long for a one. In cycles of 62.5 ns:
 *
 *          high          low            data sheets: WS2812B      WS2812        WS2812B-V5
 *     0    5  312 ns    15  937 ns      high 250–550, low 700–1000  200–500, 650–950  220–380, ≥ 580
 *     1   12  750 ns     8  500 ns      high 650–950, low 300–600   550–850, 450–750  580–1000, ≥ 220
 *
 * Low for longer than 280 µs (V5; 50 µs the others) lets the pixels show what they got. Between two pixels the
 * line may so be low for a little longer: it is for 5 µs at most, since some old chips take 6 µs for the end.
 */
#include "ws2812.h"

#include <avr/interrupt.h>
#include <util/delay.h>

#include "serial.h"

#define LATCH_US 300

/* One bit, of a byte in a register; behind each instruction, the cycle at which it ends. */
#define BIT(byte, bit)                                      \
	"st X, %[high]\n\t"              /*  0: high */        \
	"mov %[level], %[low]\n\t"       /*  1 */              \
	"sbrc %[" #byte "], " #bit "\n\t"                      \
	"mov %[level], %[high]\n\t"      /*  3, either way */  \
	"st X, %[level]\n\t"             /*  5: zeros fall */  \
	"rjmp .+0\n\t"                   /*  7 */              \
	"rjmp .+0\n\t"                   /*  9 */              \
	"nop\n\t"                        /* 10 */              \
	"st X, %[low]\n\t"               /* 12: ones fall */   \
	"rjmp .+0\n\t"                   /* 14 */              \
	"rjmp .+0\n\t"                   /* 16 */              \
	"rjmp .+0\n\t"                   /* 18; the next store ends at 20 */

#define BYTE(byte) \
	BIT(byte, 7) BIT(byte, 6) BIT(byte, 5) BIT(byte, 4) BIT(byte, 3) BIT(byte, 2) BIT(byte, 1) BIT(byte, 0)

/* `out` is in X: a store takes two cycles, whichever port it is. */
static inline __attribute__((always_inline)) void
send_pixel(volatile uint8_t *out, uint8_t high, uint8_t low, uint8_t first, uint8_t second, uint8_t third)
{
	uint8_t level;
	asm volatile(BYTE(first) BYTE(second) BYTE(third)
		     : [level] "=&r"(level)
		     : "x"(out), [high] "r"(high), [low] "r"(low), [first] "r"(first), [second] "r"(second),
		       [third] "r"(third)
		     : "memory");
}

void ws2812_send(volatile uint8_t *out, uint8_t mask, const uint8_t *bytes, uint16_t pixels, bool dark)
{
	/* What was sent just before must be seen as a frame of its own. */
	_delay_us(LATCH_US);
	cli();
	uint8_t low = *out & ~mask, high = low | mask;
	while (pixels--) {
		uint8_t first = *bytes++, second = *bytes++, third = *bytes++;
		if (dark)
			first = second = third = 0;
		send_pixel(out, high, low, first, second, third);
		/* A byte comes every 175 µs at most, and the receiver has room for two. */
		if (UCSR0A & _BV(RXC0))
			serial_take();
	}
	sei();
}
