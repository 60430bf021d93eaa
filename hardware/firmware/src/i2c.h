// SPDX-License-Identifier: EUPL-1.2
/* The I2C bus, as its master, at 100 kHz. Nothing that happens on it can hold the board up. */
#ifndef I2C_H
#define I2C_H

#include <stdbool.h>
#include <stdint.h>

enum i2c_result {
	I2C_DONE,
	/* No chip has this address, or it takes no more. */
	I2C_NO_ANSWER,
	/* SDA or SCL does not move: a short circuit, or a chip that holds it. */
	I2C_STUCK,
};

void i2c_begin(void);
/* Lets go of both lines. */
void i2c_end(void);

/* stop: lets go of the bus behind it; without, the next call goes on. */
enum i2c_result i2c_write(uint8_t address, const uint8_t *bytes, uint8_t count, bool stop);
enum i2c_result i2c_read(uint8_t address, uint8_t *bytes, uint8_t count);

#endif
