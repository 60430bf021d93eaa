// SPDX-License-Identifier: EUPL-1.2
#include "serial.h"

#include <avr/interrupt.h>

volatile uint8_t serial_ring[256];
volatile uint8_t serial_head, serial_tail;
volatile bool serial_lost;

#define OUT_SIZE 128
static volatile uint8_t out_ring[OUT_SIZE];
static volatile uint8_t out_head, out_tail;

ISR(SERIAL_RECEIVED_vect)
{
	serial_take();
}

ISR(SERIAL_EMPTY_vect)
{
	uint8_t tail = out_tail;
	UDR0 = out_ring[tail];
	out_tail = tail = (tail + 1) % OUT_SIZE;
	/* Switched on again by the next byte. */
	if (tail == out_head)
		UCSR0B &= ~_BV(UDRIE0);
}

void serial_begin(void)
{
	UCSR0B = 0;
	serial_head = serial_tail = out_head = out_tail = 0;
	serial_lost = false;
	/* 16 MHz / (8 × 35) = 57,143 baud: 0.8 % slow; without U2X it would be 2.1 % fast. */
	UCSR0A = _BV(U2X0);
	UBRR0 = 34;
	UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
	UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

int16_t serial_get(void)
{
	uint8_t tail = serial_tail;
	if (tail == serial_head)
		return -1;
	uint8_t byte = serial_ring[tail];
	serial_tail = tail + 1;
	return byte;
}

bool serial_was_lossy(void)
{
	if (!serial_lost)
		return false;
	serial_lost = false;
	return true;
}

void serial_put(uint8_t byte)
{
	uint8_t head = out_head, next = (head + 1) % OUT_SIZE;
	while (next == out_tail)
		;
	out_ring[head] = byte;
	out_head = next;
	cli();
	UCSR0B |= _BV(UDRIE0);
	sei();
}
