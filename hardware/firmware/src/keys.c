// SPDX-License-Identifier: EUPL-1.2
#include "keys.h"

#include "answers.h"
#include "chip.h"
#include "pins.h"

static bool reported[PORT_COUNT];
static uint8_t told[PORT_COUNT];
/* What the last look saw. */
static uint8_t seen[PORT_COUNT];

void keys_begin(void)
{
	for (uint8_t port = 0; port < PORT_COUNT; port++)
		reported[port] = false;
}

/* The levels of the inputs of a port; what is no input is low. */
static uint8_t levels_of(uint8_t port)
{
	uint8_t levels = 0;
	for (uint8_t bit = 0; bit < 8; bit++) {
		uint8_t pin = 8 * port + bit;
		if (pin_is_input(pin) && pin_is_high(pin))
			levels |= 1 << bit;
	}
	return levels;
}

static void tell(uint8_t port, uint8_t levels)
{
	told[port] = levels;
	tell_port(port, levels);
}

void keys_report(uint8_t port, bool on)
{
	if (port >= PORT_COUNT)
		return;
	reported[port] = on;
	if (on)
		tell(port, levels_of(port));
}

void keys_look(void)
{
	for (uint8_t port = 0; port < PORT_COUNT; port++) {
		if (!reported[port])
			continue;
		uint8_t levels = levels_of(port);
		/* Two looks must agree, some 50 µs apart: a spark is no key. */
		if (levels == seen[port] && levels != told[port])
			tell(port, levels);
		seen[port] = levels;
	}
}
