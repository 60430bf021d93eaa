// SPDX-License-Identifier: EUPL-1.2
#include "host.h"

#include "answers.h"
#include "chip.h"
#include "firmata.h"
#include "i2c-messages.h"
#include "i2c.h"
#include "keys.h"
#include "pins.h"
#include "pixels.h"

/* 32 bytes for I2C as 64, and what is before them. */
#define LONGEST 80

/* The first byte of a message whose end has not come; 0: none is open. */
static uint8_t open;
static uint8_t message[LONGEST];
static uint8_t length;

static void set_mode(uint8_t pin, uint8_t mode)
{
	if (!pin_can(pin, mode)) {
		say("Pin: it cannot do that");
		return;
	}
	if (mode == MODE_I2C) {
		i2c_config_message();
		return;
	}
	if (pin_mode(pin) == MODE_I2C)
		i2c_end();
	pin_set_mode(pin, mode);
}

/* Only the outputs: the host sends what it knows of the inputs, too. */
static void write_port(uint8_t port, uint8_t levels)
{
	for (uint8_t bit = 0; bit < 8; bit++)
		pin_write(8 * port + bit, levels & (1 << bit));
}

static void dim(uint8_t pin, uint8_t low, uint8_t high)
{
	pin_dim(pin, high > 1 ? 255 : low | high << 7);
}

/* How many bytes follow the first one of a message that is no sysex. */
static uint8_t follow(uint8_t first)
{
	switch (first < SYSEX ? first & 0xf0 : first) {
	case REPORT_ANALOG:
	case REPORT_DIGITAL:
		return 1;
	case DIGITAL:
	case ANALOG:
	case SET_PIN_MODE:
	case SET_PIN_VALUE:
		return 2;
	default:
		return 0;
	}
}

static void obey(void)
{
	uint8_t number = open & 0x0f;
	switch (open < SYSEX ? open & 0xf0 : open) {
	case REPORT_DIGITAL:
		keys_report(number, message[0]);
		break;
	case DIGITAL:
		write_port(number, message[0] | message[1] << 7);
		break;
	case ANALOG:
		dim(number, message[0], message[1]);
		break;
	case SET_PIN_MODE:
		set_mode(message[0], message[1]);
		break;
	case SET_PIN_VALUE:
		pin_write(message[0], message[1]);
		break;
	}
}

static void obey_sysex(void)
{
	if (length == 0)
		return;
	uint8_t *rest = message + 1;
	uint8_t count = length - 1;
	switch (message[0]) {
	case SYSEX_FIRMWARE:
		tell_firmware();
		break;
	case SYSEX_CAPABILITY_QUERY:
		tell_capabilities();
		break;
	case SYSEX_MAPPING_QUERY:
		tell_analog_mapping();
		break;
	case SYSEX_PIN_STATE_QUERY:
		if (count == 1)
			tell_pin_state(rest[0]);
		break;
	case SYSEX_ANALOG:
		if (count >= 3)
			dim(rest[0], rest[1], count > 3 ? 0x7f : rest[2]);
		break;
	case SYSEX_PIXELS:
		pixels_message(rest, count);
		break;
	case SYSEX_I2C_CONFIG:
		i2c_config_message();
		break;
	case SYSEX_I2C_REQUEST:
		i2c_request_message(rest, count);
		break;
	case SYSEX_SAMPLING:
		/* Nothing is sampled: changes are told when they come. */
		break;
	}
}

void host_reset(void)
{
	pixels_reset();
	i2c_end();
	keys_begin();
	pins_begin();
	open = 0;
}

/* A byte that begins or ends a message; whatever was open without its end is dropped. */
static void command(uint8_t byte)
{
	if (byte == END_SYSEX && open == SYSEX)
		obey_sysex();
	open = 0;
	length = 0;
	if (byte == VERSION)
		tell_version();
	else if (byte == SYSTEM_RESET)
		host_reset();
	else if (byte == SYSEX || follow(byte))
		open = byte;
}

void host_byte(uint8_t byte)
{
	if (byte >= 0x80) {
		command(byte);
		return;
	}
	if (!open)
		return;
	if (length == LONGEST) {
		say("Message: too long");
		open = 0;
		return;
	}
	message[length++] = byte;
	if (open == SYSEX || length < follow(open))
		return;
	obey();
	open = 0;
}
