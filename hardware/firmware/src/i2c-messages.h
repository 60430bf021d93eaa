// SPDX-License-Identifier: EUPL-1.2
/* Firmata's messages for I2C (protocol of Firmata, i2c.md), as far as a touch chip needs them. */
#ifndef I2C_MESSAGES_H
#define I2C_MESSAGES_H

#include <stdint.h>

/* SDA and SCL are for I2C from now on. */
void i2c_config_message(void);

/* A message without its frame: from the address on. */
void i2c_request_message(const uint8_t *message, uint8_t length);

#endif
