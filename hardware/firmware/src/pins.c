// SPDX-License-Identifier: EUPL-1.2
#include "pins.h"

#include "chip.h"

/* The order of a port's registers (data sheets, "Register Summary"). */
enum { IN, DIRECTION, OUT };

static uint8_t modes[PIN_COUNT];
static uint8_t values[PIN_COUNT];

volatile uint8_t *pin_gate(uint8_t pin)
{
	uint8_t gate = pgm_read_byte(&places[pin].gate);
	return (volatile uint8_t *)pgm_read_word(&gates[gate]);
}

uint8_t pin_mask(uint8_t pin)
{
	return pgm_read_byte(&places[pin].mask);
}

static uint8_t dimmer_of(uint8_t pin)
{
	return pgm_read_byte(&places[pin].dimmer);
}

/*
 * No interrupt of ours writes to a port; but those of the chip beyond address 0x3f are read, changed and
 * written, so none ever may.
 */
static void drive(uint8_t pin, uint8_t what, bool set)
{
	volatile uint8_t *reg = pin_gate(pin) + what;
	uint8_t mask = pin_mask(pin);
	*reg = set ? *reg | mask : *reg & ~mask;
}

static void connect_dimmer(uint8_t pin, bool on)
{
	uint8_t dimmer = dimmer_of(pin);
	if (!dimmer)
		return;
	const struct dimmer *which = &dimmers[dimmer - 1];
	volatile uint8_t *control = (volatile uint8_t *)pgm_read_word(&which->control);
	uint8_t connect = pgm_read_byte(&which->connect);
	/* The high byte of a timer with 16 bits stays what it was at the start: zero. */
	if (on)
		*(volatile uint8_t *)pgm_read_word(&which->compare) = values[pin];
	*control = on ? *control | connect : *control & ~connect;
}

void pins_begin(void)
{
	for (uint8_t gate = 0; gate < GATE_COUNT; gate++) {
		volatile uint8_t *reg = (volatile uint8_t *)pgm_read_word(&gates[gate]);
		reg[DIRECTION] = 0;
		reg[OUT] = 0;
	}
	timers_begin();
	for (uint8_t pin = 0; pin < PIN_COUNT; pin++) {
		modes[pin] = MODE_NONE;
		values[pin] = 0;
	}
}

bool pin_can(uint8_t pin, uint8_t mode)
{
	if (pin < FIRST_PIN || pin >= PIN_COUNT)
		return false;
	switch (mode) {
	case MODE_INPUT:
	case MODE_OUTPUT:
	case MODE_PULL_UP:
		return true;
	case MODE_PWM:
		return dimmer_of(pin) != 0;
	case MODE_I2C:
		return pin == PIN_SDA || pin == PIN_SCL;
	default:
		return false;
	}
}

uint8_t pin_mode(uint8_t pin)
{
	return modes[pin];
}

bool pin_is_input(uint8_t pin)
{
	return pin < PIN_COUNT && (modes[pin] == MODE_INPUT || modes[pin] == MODE_PULL_UP);
}

uint8_t pin_state(uint8_t pin)
{
	return modes[pin] == MODE_PULL_UP ? 1 : values[pin];
}

void pin_set_mode(uint8_t pin, uint8_t mode)
{
	bool output = mode == MODE_OUTPUT || mode == MODE_PWM || mode == MODE_PIXELS;
	connect_dimmer(pin, false);
	modes[pin] = mode;
	values[pin] = 0;
	if (!output)
		drive(pin, DIRECTION, false);
	drive(pin, OUT, mode == MODE_PULL_UP || mode == MODE_I2C);
	if (output)
		drive(pin, DIRECTION, true);
}

void pin_write(uint8_t pin, bool high)
{
	if (pin >= PIN_COUNT || modes[pin] != MODE_OUTPUT)
		return;
	values[pin] = high;
	drive(pin, OUT, high);
}

/* Fully on and dark are no matter of the timer: it would still make short pulses of each. */
static void show_level(uint8_t pin)
{
	uint8_t level = values[pin];
	drive(pin, OUT, level == 255);
	connect_dimmer(pin, level != 0 && level != 255);
}

void pin_dim(uint8_t pin, uint8_t level)
{
	if (pin >= PIN_COUNT || modes[pin] != MODE_PWM)
		return;
	values[pin] = level;
	show_level(pin);
}

void pins_rest(bool resting)
{
	for (uint8_t pin = 0; pin < PIN_COUNT; pin++) {
		if (modes[pin] != MODE_OUTPUT && modes[pin] != MODE_PWM)
			continue;
		if (resting) {
			connect_dimmer(pin, false);
			drive(pin, DIRECTION, false);
			drive(pin, OUT, false);
		} else if (modes[pin] == MODE_PWM) {
			show_level(pin);
			drive(pin, DIRECTION, true);
		} else {
			drive(pin, OUT, values[pin]);
			drive(pin, DIRECTION, true);
		}
	}
}

bool pin_is_high(uint8_t pin)
{
	return *pin_gate(pin) & pin_mask(pin);
}
