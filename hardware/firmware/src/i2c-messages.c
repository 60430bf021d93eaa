// SPDX-License-Identifier: EUPL-1.2
#include "i2c-messages.h"

#include "answers.h"
#include "chip.h"
#include "i2c.h"
#include "pins.h"

/* The second byte of a request. */
#define TO_BE_DONE 0x18
#define WRITE 0x00
#define READ_ONCE 0x08
#define STOP_READING 0x18
#define TEN_BITS 0x20
#define KEEP_BUS 0x40

/* An MPR121 takes its thresholds in one message of 25 bytes. */
#define MOST_BYTES 32

void i2c_config_message(void)
{
	pin_set_mode(PIN_SDA, MODE_I2C);
	pin_set_mode(PIN_SCL, MODE_I2C);
	i2c_begin();
}

static void complain(enum i2c_result result)
{
	if (result == I2C_NO_ANSWER)
		say("I2C: not acknowledged");
	else if (result == I2C_STUCK)
		say("I2C: SDA or SCL does not move");
}

/* Bytes that came as two times seven bits. */
static uint8_t unpack(const uint8_t *message, uint8_t count, uint8_t *bytes)
{
	for (uint8_t i = 0; i < count; i++)
		bytes[i] = message[2 * i] | message[2 * i + 1] << 7;
	return count;
}

static void read_once(uint8_t address, bool keep_bus, const uint8_t *numbers, uint8_t count)
{
	uint8_t bytes[MOST_BYTES];
	/* A register and how many bytes, or only these. */
	uint8_t from = count == 2 ? numbers[0] : 0;
	uint8_t wanted = numbers[count - 1];
	enum i2c_result result = I2C_DONE;
	if (wanted == 0 || wanted > MOST_BYTES) {
		say("I2C: too many bytes at once");
		wanted = 0;
	}
	if (wanted && count == 2)
		result = i2c_write(address, &from, 1, !keep_bus);
	if (wanted && result == I2C_DONE)
		result = i2c_read(address, bytes, wanted);
	complain(result);
	/* Without an answer, the host would wait for it for ever. */
	tell_i2c(address, from, bytes, result == I2C_DONE ? wanted : 0);
}

void i2c_request_message(const uint8_t *message, uint8_t length)
{
	uint8_t bytes[MOST_BYTES];
	uint8_t count = length / 2 - 1;
	if (length < 2 || length % 2 || count > MOST_BYTES || message[1] & (TEN_BITS | 0x07)) {
		say("I2C: no such message");
		return;
	}
	uint8_t address = message[0];
	uint8_t what = message[1] & TO_BE_DONE;
	if (pin_mode(PIN_SDA) != MODE_I2C || pin_mode(PIN_SCL) != MODE_I2C) {
		say("I2C: not set up");
		return;
	}
	unpack(message + 2, count, bytes);
	if (what == WRITE)
		complain(i2c_write(address, bytes, count, true));
	else if (what == READ_ONCE && (count == 1 || count == 2))
		read_once(address, message[1] & KEEP_BUS, bytes, count);
	else if (what != STOP_READING)
		say("I2C: it reads once each time only");
}
