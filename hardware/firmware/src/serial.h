// SPDX-License-Identifier: EUPL-1.2
/* The serial line to the host: 57,600 baud, 8N1, both directions through a ring in memory. */
#ifndef SERIAL_H
#define SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "chip.h"

/* Its index is a byte, which so needs no masking. 256 bytes come within 45 ms. */
extern volatile uint8_t serial_ring[256];
extern volatile uint8_t serial_head, serial_tail;
extern volatile bool serial_lost;

void serial_begin(void);

/* Takes a byte that the receiver holds; interrupts must be off. */
static inline __attribute__((always_inline)) void serial_take(void)
{
	uint8_t flags = UCSR0A;
	uint8_t byte = UDR0;
	uint8_t head = serial_head;
	if (flags & (_BV(FE0) | _BV(DOR0)))
		serial_lost = true;
	/* What has no stop bit is no byte of anybody's. */
	if (flags & _BV(FE0))
		return;
	serial_ring[head] = byte;
	if (++head == serial_tail)
		serial_lost = true;
	else
		serial_head = head;
}

/* The next byte from the host, or -1. */
int16_t serial_get(void);

/* Whether bytes from the host were lost since it was asked the last time. */
bool serial_was_lossy(void);

/* Waits while there is no room. Not for interrupts. */
void serial_put(uint8_t byte);

#endif
