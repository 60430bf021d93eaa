// SPDX-License-Identifier: EUPL-1.2
#include "answers.h"

#include "chip.h"
#include "firmata.h"
#include "pins.h"
#include "serial.h"

/* By this name the host knows that there are pixels. */
static const char name[] PROGMEM = "faccina-panel";
#define FIRMWARE_MAJOR 1
#define FIRMWARE_MINOR 0

static void begin(uint8_t kind)
{
	serial_put(SYSEX);
	serial_put(kind);
}

static void end(void)
{
	serial_put(END_SYSEX);
}

/* Eight bits as two times seven, the lower ones first. */
static void put_byte(uint8_t byte)
{
	serial_put(byte & 0x7f);
	serial_put(byte >> 7);
}

static void put_words(const char *words)
{
	for (char c; (c = pgm_read_byte(words)); words++)
		put_byte(c);
}

void tell_version(void)
{
	serial_put(VERSION);
	serial_put(PROTOCOL_MAJOR);
	serial_put(PROTOCOL_MINOR);
}

void tell_firmware(void)
{
	begin(SYSEX_FIRMWARE);
	serial_put(FIRMWARE_MAJOR);
	serial_put(FIRMWARE_MINOR);
	put_words(name);
	end();
}

/* Each mode, and with how many bits. */
static void put_mode(uint8_t pin, uint8_t mode, uint8_t bits)
{
	if (!pin_can(pin, mode))
		return;
	serial_put(mode);
	serial_put(bits);
}

void tell_capabilities(void)
{
	begin(SYSEX_CAPABILITY);
	for (uint8_t pin = 0; pin < PIN_COUNT; pin++) {
		put_mode(pin, MODE_INPUT, 1);
		put_mode(pin, MODE_PULL_UP, 1);
		put_mode(pin, MODE_OUTPUT, 1);
		put_mode(pin, MODE_PWM, 8);
		put_mode(pin, MODE_I2C, 1);
		serial_put(0x7f);
	}
	end();
}

void tell_analog_mapping(void)
{
	begin(SYSEX_MAPPING);
	for (uint8_t pin = 0; pin < PIN_COUNT; pin++)
		serial_put(0x7f);
	end();
}

void tell_pin_state(uint8_t pin)
{
	begin(SYSEX_PIN_STATE);
	serial_put(pin);
	/* Of a pin that there is not, nothing more is told. */
	if (pin < PIN_COUNT) {
		serial_put(pin_mode(pin));
		put_byte(pin_state(pin));
	}
	end();
}

void tell_port(uint8_t port, uint8_t levels)
{
	serial_put(DIGITAL | port);
	put_byte(levels);
}

void tell_i2c(uint8_t address, uint8_t chip_register, const uint8_t *bytes, uint8_t count)
{
	begin(SYSEX_I2C_REPLY);
	put_byte(address);
	put_byte(chip_register);
	while (count--)
		put_byte(*bytes++);
	end();
}

void tell_words(const char *words)
{
	begin(SYSEX_STRING);
	put_words(words);
	end();
}
