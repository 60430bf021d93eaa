// SPDX-License-Identifier: EUPL-1.2
/* Source: data sheet ATmega328P, section 11.8 and 11.9 (watchdog timer, WDTCSR). */
#include "watchdog.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

/* Kept in a register that only a reset clears: the jump to the beginning is none. */
#define BITTEN 0xa5

static bool bitten;

/* Before anything else: after a reset by the watchdog it goes on, with its shortest time. */
static void __attribute__((naked, used, section(".init3"))) quiet(void)
{
	if (MCUSR & _BV(WDRF))
		GPIOR0 = BITTEN;
	MCUSR = 0;
	wdt_disable();
}

ISR(WDT_vect, ISR_NAKED)
{
	GPIOR0 = BITTEN;
	asm volatile("jmp 0");
}

void watchdog_begin(void)
{
	bitten = GPIOR0 == BITTEN;
	GPIOR0 = 0;
	wdt_reset();
	/* Within four cycles, as the data sheet wants it. */
	cli();
	WDTCSR = _BV(WDCE) | _BV(WDE);
	WDTCSR = _BV(WDIF) | _BV(WDIE) | _BV(WDE) | _BV(WDP2) | _BV(WDP0);
}

void watchdog_feed(void)
{
	wdt_reset();
}

bool watchdog_has_bitten(void)
{
	return bitten;
}
