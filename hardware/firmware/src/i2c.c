// SPDX-License-Identifier: EUPL-1.2
/* Sources: data sheet ATmega328P, section 22 (TWI); I2C specification UM10204, section 3.1.16 (bus clear). */
#include "i2c.h"

#include <util/delay.h>
#include <util/twi.h>

#include "chip.h"
#include "pins.h"

#define SCL_HZ 100000UL
/* A byte takes 90 µs, a chip that stretches the clock some more. */
#define PATIENCE_US 2000
#define LOOK_US 4

void i2c_begin(void)
{
	TWSR = 0;
	TWBR = (F_CPU / SCL_HZ - 16) / 2;
	TWCR = _BV(TWEN);
}

void i2c_end(void)
{
	TWCR = 0;
}

static void pull(uint8_t pin, bool low)
{
	volatile uint8_t *gate = pin_gate(pin);
	uint8_t mask = pin_mask(pin);
	if (low) {
		gate[2] &= ~mask;
		gate[1] |= mask;
	} else {
		gate[1] &= ~mask;
		gate[2] |= mask;
	}
	_delay_us(5);
}

/* A chip that lost count amid a byte holds SDA: up to nine clocks bring it to the end of it. */
static void clear_bus(void)
{
	TWCR = 0;
	for (uint8_t i = 0; i < 9 && !pin_is_high(PIN_SDA); i++) {
		pull(PIN_SCL, true);
		pull(PIN_SCL, false);
	}
	/* A stop. */
	pull(PIN_SDA, true);
	pull(PIN_SDA, false);
	i2c_begin();
}

/* Does one step, and returns what became of it; TW_NO_INFO: nothing within the time. */
static uint8_t step(uint8_t control)
{
	TWCR = control | _BV(TWINT) | _BV(TWEN);
	for (uint16_t us = 0; us < PATIENCE_US; us += LOOK_US) {
		if (TWCR & _BV(TWINT))
			return TW_STATUS;
		_delay_us(LOOK_US);
	}
	return TW_NO_INFO;
}

static void stop(void)
{
	TWCR = _BV(TWINT) | _BV(TWEN) | _BV(TWSTO);
	for (uint16_t us = 0; us < PATIENCE_US; us += LOOK_US) {
		if (!(TWCR & _BV(TWSTO)))
			return;
		_delay_us(LOOK_US);
	}
	clear_bus();
}

static enum i2c_result fail(uint8_t status)
{
	if (status == TW_MT_SLA_NACK || status == TW_MT_DATA_NACK || status == TW_MR_SLA_NACK) {
		stop();
		return I2C_NO_ANSWER;
	}
	clear_bus();
	return I2C_STUCK;
}

static uint8_t start(uint8_t address_and_direction)
{
	uint8_t status = step(_BV(TWSTA));
	if (status != TW_START && status != TW_REP_START)
		return status;
	TWDR = address_and_direction;
	return step(0);
}

enum i2c_result i2c_write(uint8_t address, const uint8_t *bytes, uint8_t count, bool then_stop)
{
	uint8_t status = start(address << 1 | TW_WRITE);
	if (status != TW_MT_SLA_ACK)
		return fail(status);
	while (count--) {
		TWDR = *bytes++;
		status = step(0);
		if (status != TW_MT_DATA_ACK)
			return fail(status);
	}
	if (then_stop)
		stop();
	return I2C_DONE;
}

enum i2c_result i2c_read(uint8_t address, uint8_t *bytes, uint8_t count)
{
	uint8_t status = start(address << 1 | TW_READ);
	if (status != TW_MR_SLA_ACK)
		return fail(status);
	while (count--) {
		/* The last byte is not acknowledged, so that the chip lets go of SDA. */
		status = step(count ? _BV(TWEA) : 0);
		if (status != (count ? TW_MR_DATA_ACK : TW_MR_DATA_NACK))
			return fail(status);
		*bytes++ = TWDR;
	}
	stop();
	return I2C_DONE;
}
