// SPDX-License-Identifier: EUPL-1.2
/*
 * What differs between the chips: how many pins there are, what each is, and which of them can be dimmed.
 * Sources: data sheets ATmega328P (DS40002061B) and ATmega2560 (DS40002211A); the pin numbers of the boards
 * are those printed on them (Arduino Uno R3, Nano, Mega 2560 Rev3).
 */
#ifndef CHIP_H
#define CHIP_H

#include <avr/io.h>
#include <avr/pgmspace.h>
#include <stdint.h>

#if defined(__AVR_ATmega328P__)
#define PIN_COUNT 20
#define PIN_SDA 18
#define PIN_SCL 19
#define SERIAL_RECEIVED_vect USART_RX_vect
#define SERIAL_EMPTY_vect USART_UDRE_vect
/* Ports with pins on a board. */
#define GATE_COUNT 3
#elif defined(__AVR_ATmega2560__)
#define PIN_COUNT 70
#define PIN_SDA 20
#define PIN_SCL 21
#define SERIAL_RECEIVED_vect USART0_RX_vect
#define SERIAL_EMPTY_vect USART0_UDRE_vect
#define GATE_COUNT 11
#else
#error "neither an ATmega328P nor an ATmega2560"
#endif

/* Firmata's ports: eight pins each, in the order of their numbers. */
#define PORT_COUNT ((PIN_COUNT + 7) / 8)

/* The first pin that is not the serial line. */
#define FIRST_PIN 2

/* One pin of a board. */
struct place {
	/* The port of the chip that it is on: an index of `gates`. */
	uint8_t gate;
	uint8_t mask;
	/* Which of `dimmers` is on it, from 1 on; 0: it is on or off. */
	uint8_t dimmer;
};

/* A compare output of a timer. */
struct dimmer {
	/* The register TCCRnA that connects the output, and the bit in it. */
	uint16_t control;
	uint8_t connect;
	/* The low byte of the register OCRnx. */
	uint16_t compare;
};

extern const struct place places[PIN_COUNT] PROGMEM;
extern const struct dimmer dimmers[] PROGMEM;

/* The address of the register PINx of each port; DDRx and PORTx are the next two. */
extern const uint16_t gates[GATE_COUNT] PROGMEM;

/* Lets all timers count 0 to 255 at 250 kHz, so that what they dim does so at 977 Hz. */
void timers_begin(void);

#endif
