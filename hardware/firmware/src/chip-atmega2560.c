// SPDX-License-Identifier: EUPL-1.2
/* The pins of a Mega 2560. */
#include "chip.h"

enum { A, B, C, D, E, F, G, H, J, K, L };

const uint16_t gates[GATE_COUNT] PROGMEM = {
	[A] = (uint16_t)&PINA, [B] = (uint16_t)&PINB, [C] = (uint16_t)&PINC, [D] = (uint16_t)&PIND,
	[E] = (uint16_t)&PINE, [F] = (uint16_t)&PINF, [G] = (uint16_t)&PING, [H] = (uint16_t)&PINH,
	[J] = (uint16_t)&PINJ, [K] = (uint16_t)&PINK, [L] = (uint16_t)&PINL,
};

enum { OC0A = 1, OC0B, OC1A, OC1B, OC2A, OC2B, OC3A, OC3B, OC3C, OC4A, OC4B, OC4C, OC5A, OC5B, OC5C };

const struct dimmer dimmers[] PROGMEM = {
	{(uint16_t)&TCCR0A, _BV(COM0A1), (uint16_t)&OCR0A},  {(uint16_t)&TCCR0A, _BV(COM0B1), (uint16_t)&OCR0B},
	{(uint16_t)&TCCR1A, _BV(COM1A1), (uint16_t)&OCR1AL}, {(uint16_t)&TCCR1A, _BV(COM1B1), (uint16_t)&OCR1BL},
	{(uint16_t)&TCCR2A, _BV(COM2A1), (uint16_t)&OCR2A},  {(uint16_t)&TCCR2A, _BV(COM2B1), (uint16_t)&OCR2B},
	{(uint16_t)&TCCR3A, _BV(COM3A1), (uint16_t)&OCR3AL}, {(uint16_t)&TCCR3A, _BV(COM3B1), (uint16_t)&OCR3BL},
	{(uint16_t)&TCCR3A, _BV(COM3C1), (uint16_t)&OCR3CL}, {(uint16_t)&TCCR4A, _BV(COM4A1), (uint16_t)&OCR4AL},
	{(uint16_t)&TCCR4A, _BV(COM4B1), (uint16_t)&OCR4BL}, {(uint16_t)&TCCR4A, _BV(COM4C1), (uint16_t)&OCR4CL},
	{(uint16_t)&TCCR5A, _BV(COM5A1), (uint16_t)&OCR5AL}, {(uint16_t)&TCCR5A, _BV(COM5B1), (uint16_t)&OCR5BL},
	{(uint16_t)&TCCR5A, _BV(COM5C1), (uint16_t)&OCR5CL},
};

const struct place places[PIN_COUNT] PROGMEM = {
	/* 0 to 13 */
	{E, _BV(0), 0},    {E, _BV(1), 0},    {E, _BV(4), OC3B}, {E, _BV(5), OC3C},
	{G, _BV(5), OC0B}, {E, _BV(3), OC3A}, {H, _BV(3), OC4A}, {H, _BV(4), OC4B},
	{H, _BV(5), OC4C}, {H, _BV(6), OC2B}, {B, _BV(4), OC2A}, {B, _BV(5), OC1A},
	{B, _BV(6), OC1B}, {B, _BV(7), OC0A},
	/* 14 to 21: the other serial lines, SDA, SCL */
	{J, _BV(1), 0},    {J, _BV(0), 0},    {H, _BV(1), 0},    {H, _BV(0), 0},
	{D, _BV(3), 0},    {D, _BV(2), 0},    {D, _BV(1), 0},    {D, _BV(0), 0},
	/* 22 to 37 */
	{A, _BV(0), 0},    {A, _BV(1), 0},    {A, _BV(2), 0},    {A, _BV(3), 0},
	{A, _BV(4), 0},    {A, _BV(5), 0},    {A, _BV(6), 0},    {A, _BV(7), 0},
	{C, _BV(7), 0},    {C, _BV(6), 0},    {C, _BV(5), 0},    {C, _BV(4), 0},
	{C, _BV(3), 0},    {C, _BV(2), 0},    {C, _BV(1), 0},    {C, _BV(0), 0},
	/* 38 to 53 */
	{D, _BV(7), 0},    {G, _BV(2), 0},    {G, _BV(1), 0},    {G, _BV(0), 0},
	{L, _BV(7), 0},    {L, _BV(6), 0},    {L, _BV(5), OC5C}, {L, _BV(4), OC5B},
	{L, _BV(3), OC5A}, {L, _BV(2), 0},    {L, _BV(1), 0},    {L, _BV(0), 0},
	{B, _BV(3), 0},    {B, _BV(2), 0},    {B, _BV(1), 0},    {B, _BV(0), 0},
	/* A0 to A15 */
	{F, _BV(0), 0},    {F, _BV(1), 0},    {F, _BV(2), 0},    {F, _BV(3), 0},
	{F, _BV(4), 0},    {F, _BV(5), 0},    {F, _BV(6), 0},    {F, _BV(7), 0},
	{K, _BV(0), 0},    {K, _BV(1), 0},    {K, _BV(2), 0},    {K, _BV(3), 0},
	{K, _BV(4), 0},    {K, _BV(5), 0},    {K, _BV(6), 0},    {K, _BV(7), 0},
};

void timers_begin(void)
{
	TCCR0A = _BV(WGM01) | _BV(WGM00);
	TCCR0B = _BV(CS01) | _BV(CS00);
	TCCR1A = _BV(WGM10);
	TCCR1B = _BV(WGM12) | _BV(CS11) | _BV(CS10);
	TCCR2A = _BV(WGM21) | _BV(WGM20);
	TCCR2B = _BV(CS22);
	TCCR3A = _BV(WGM30);
	TCCR3B = _BV(WGM32) | _BV(CS31) | _BV(CS30);
	TCCR4A = _BV(WGM40);
	TCCR4B = _BV(WGM42) | _BV(CS41) | _BV(CS40);
	TCCR5A = _BV(WGM50);
	TCCR5B = _BV(WGM52) | _BV(CS51) | _BV(CS50);
}
