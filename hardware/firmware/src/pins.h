// SPDX-License-Identifier: EUPL-1.2
/* The pins of the board, by the numbers that are printed on it: what each is for, and what it is. */
#ifndef PINS_H
#define PINS_H

#include <stdbool.h>
#include <stdint.h>

/* Firmata's modes (protocol.md, "Set pin mode"), and two of our own, which nobody can ask for. */
enum {
	MODE_INPUT = 0x00,
	MODE_OUTPUT = 0x01,
	MODE_PWM = 0x03,
	MODE_I2C = 0x06,
	MODE_PULL_UP = 0x0b,
	MODE_PIXELS = 0x7e,
	/* An input that nobody asked for: what it is means nothing. */
	MODE_NONE = 0x7f,
};

/* Every pin an input without a pull-up: nothing is driven, whatever is wired to it. */
void pins_begin(void);

bool pin_can(uint8_t pin, uint8_t mode);
uint8_t pin_mode(uint8_t pin);
/* Whether somebody wants to know what it is. */
bool pin_is_input(uint8_t pin);

/* What was written to an output; of an input, whether its pull-up is on. */
uint8_t pin_state(uint8_t pin);

/* An output begins low. Only for a mode that the pin has; MODE_PIXELS is an output. */
void pin_set_mode(uint8_t pin, uint8_t mode);

/* High or low; does nothing to what is no output. */
void pin_write(uint8_t pin, bool high);

/* From 0, dark, to 255, fully on; does nothing to a pin that does not dim. */
void pin_dim(uint8_t pin, uint8_t level);

/* Lets go of all lamps, which darkens them, whichever way round they are wired; or lights them again. */
void pins_rest(bool resting);

/* Whether the pin is high. */
bool pin_is_high(uint8_t pin);

/* The registers of a pin: PINx, and behind it DDRx and PORTx. */
volatile uint8_t *pin_gate(uint8_t pin);
uint8_t pin_mask(uint8_t pin);

#endif
