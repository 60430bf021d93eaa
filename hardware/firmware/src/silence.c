// SPDX-License-Identifier: EUPL-1.2
#include "silence.h"

#include <avr/io.h>
#include <stdbool.h>
#include <stdint.h>

#include "pins.h"
#include "pixels.h"

/* Timer 0 overflows every 256 × 64 cycles: 1.024 ms. */
#define LONG (10000000UL / 1024)

static uint16_t ticks;
static bool resting;

static void rest(bool whether)
{
	resting = whether;
	pins_rest(whether);
	pixels_rest(whether);
}

void silence_begin(void)
{
	ticks = 0;
	resting = false;
}

void silence_look(void)
{
	if (!(TIFR0 & _BV(TOV0)))
		return;
	TIFR0 = _BV(TOV0);
	if (!resting && ++ticks >= LONG)
		rest(true);
}

void silence_broken(void)
{
	ticks = 0;
	if (resting)
		rest(false);
}
