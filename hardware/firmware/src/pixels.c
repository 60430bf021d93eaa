// SPDX-License-Identifier: EUPL-1.2
#include "pixels.h"

#include "answers.h"
#include "chip.h"
#include "pins.h"
#include "ws2812.h"

enum { CONFIG = 1, SHOW, SET_ONE, SET_ALL };

#define RED_FIRST 1

static uint8_t colours[3 * MOST_PIXELS];
static uint16_t count;
static uint8_t chain_pin;

/* The pin may have got another use since. */
static bool is_there(void)
{
	return count > 0 && pin_mode(chain_pin) == MODE_PIXELS;
}

static void send(bool dark)
{
	if (is_there())
		ws2812_send(pin_gate(chain_pin) + 2, pin_mask(chain_pin), colours, count, dark);
}

void pixels_reset(void)
{
	send(true);
	count = 0;
}

void pixels_rest(bool resting)
{
	send(resting);
}

static void set(uint16_t index, uint32_t colour)
{
	if (index >= count)
		return;
	uint8_t *at = colours + 3 * index;
	at[0] = colour >> 16;
	at[1] = colour >> 8;
	at[2] = colour;
}

static void configure(uint8_t what, uint16_t wanted)
{
	uint8_t pin = what & 0x1f;
	if (what >> 5 != RED_FIRST || !pin_can(pin, MODE_OUTPUT)) {
		say("Pixels: not on this pin, or not in this order");
		return;
	}
	if (wanted == 0 || wanted > MOST_PIXELS) {
		say("Pixels: too many");
		return;
	}
	/* One chain is all there is: another one would go on shining for ever. */
	if (pin != chain_pin)
		pixels_reset();
	chain_pin = pin;
	count = wanted;
	for (uint16_t index = 0; index < count; index++)
		set(index, 0);
	pin_set_mode(pin, MODE_PIXELS);
}

static uint16_t number14(const uint8_t *bytes)
{
	return bytes[0] | (uint16_t)bytes[1] << 7;
}

static uint32_t number28(const uint8_t *bytes)
{
	return number14(bytes) | (uint32_t)number14(bytes + 2) << 14;
}

void pixels_message(const uint8_t *message, uint8_t length)
{
	/* What has another length was damaged on its way. */
	if (length == 4 && message[0] == CONFIG)
		configure(message[1], number14(message + 2));
	else if (length == 1 && message[0] == SHOW)
		send(false);
	else if (length == 7 && message[0] == SET_ONE)
		set(number14(message + 1), number28(message + 3));
	else if (length == 5 && message[0] == SET_ALL)
		for (uint16_t index = 0; index < count; index++)
			set(index, number28(message + 1));
	else
		say("Pixels: no such message");
}
