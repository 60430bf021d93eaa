// SPDX-License-Identifier: EUPL-1.2
/* What the board tells the host. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include <avr/pgmspace.h>
#include <stdint.h>

void tell_version(void);
void tell_firmware(void);
/* What each pin can do. */
void tell_capabilities(void);
/* That no pin measures a voltage. */
void tell_analog_mapping(void);
void tell_pin_state(uint8_t pin);
/* The levels of one of Firmata's ports. */
void tell_port(uint8_t port, uint8_t levels);
void tell_i2c(uint8_t address, uint8_t chip_register, const uint8_t *bytes, uint8_t count);

/* A message for people. */
void tell_words(const char *words);
#define say(words) tell_words(PSTR(words))

#endif
