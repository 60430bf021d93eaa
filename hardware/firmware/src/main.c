// SPDX-License-Identifier: EUPL-1.2
/* The panel on an Arduino: keys, lamps, pixels and a touch chip, for a host that speaks Firmata. */
#include <avr/interrupt.h>

#include "answers.h"
#include "host.h"
#include "keys.h"
#include "pins.h"
#include "serial.h"
#include "silence.h"
#include "watchdog.h"

/* Bytes taken before keys are looked at again: they come no faster than one in 175 µs. */
#define AT_ONCE 16

static void listen(void)
{
	for (uint8_t i = 0; i < AT_ONCE; i++) {
		int16_t byte = serial_get();
		if (byte < 0)
			break;
		silence_broken();
		host_byte(byte);
	}
	if (serial_was_lossy())
		say("Serial: a byte was lost");
}

/* As Firmata does it: a host that is there already learns that the board has started. */
static void greet(void)
{
	tell_version();
	if (watchdog_has_bitten())
		say("Watchdog: started again");
	tell_firmware();
}

int main(void)
{
	/* After the watchdog's jump, nothing is as after a reset. */
	host_reset();
	serial_begin();
	silence_begin();
	watchdog_begin();
	sei();
	greet();
	for (;;) {
		watchdog_feed();
		listen();
		keys_look();
		silence_look();
	}
}
