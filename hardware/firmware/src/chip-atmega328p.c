// SPDX-License-Identifier: EUPL-1.2
/* The pins of an Uno and a Nano. */
#include "chip.h"

enum { B, C, D };

const uint16_t gates[GATE_COUNT] PROGMEM = {
	[B] = (uint16_t)&PINB,
	[C] = (uint16_t)&PINC,
	[D] = (uint16_t)&PIND,
};

enum { OC0A = 1, OC0B, OC1A, OC1B, OC2A, OC2B };

const struct dimmer dimmers[] PROGMEM = {
	{(uint16_t)&TCCR0A, _BV(COM0A1), (uint16_t)&OCR0A},
	{(uint16_t)&TCCR0A, _BV(COM0B1), (uint16_t)&OCR0B},
	{(uint16_t)&TCCR1A, _BV(COM1A1), (uint16_t)&OCR1AL},
	{(uint16_t)&TCCR1A, _BV(COM1B1), (uint16_t)&OCR1BL},
	{(uint16_t)&TCCR2A, _BV(COM2A1), (uint16_t)&OCR2A},
	{(uint16_t)&TCCR2A, _BV(COM2B1), (uint16_t)&OCR2B},
};

const struct place places[PIN_COUNT] PROGMEM = {
	{D, _BV(0), 0},    {D, _BV(1), 0},    {D, _BV(2), 0},    {D, _BV(3), OC2B},
	{D, _BV(4), 0},    {D, _BV(5), OC0B}, {D, _BV(6), OC0A}, {D, _BV(7), 0},
	{B, _BV(0), 0},    {B, _BV(1), OC1A}, {B, _BV(2), OC1B}, {B, _BV(3), OC2A},
	{B, _BV(4), 0},    {B, _BV(5), 0},
	/* A0 to A5 */
	{C, _BV(0), 0},    {C, _BV(1), 0},    {C, _BV(2), 0},    {C, _BV(3), 0},
	{C, _BV(4), 0},    {C, _BV(5), 0},
};

void timers_begin(void)
{
	TCCR0A = _BV(WGM01) | _BV(WGM00);
	TCCR0B = _BV(CS01) | _BV(CS00);
	TCCR1A = _BV(WGM10);
	TCCR1B = _BV(WGM12) | _BV(CS11) | _BV(CS10);
	TCCR2A = _BV(WGM21) | _BV(WGM20);
	TCCR2B = _BV(CS22);
}
