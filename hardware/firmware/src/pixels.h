// SPDX-License-Identifier: EUPL-1.2
/*
 * One chain of WS2812 on one pin, driven by the sysex messages that the host's pixel-messages.ts sends. Each
 * begins with a command:
 *
 *     01  (order << 5) | pin, count (14 bits): a chain of dark pixels. Order 1: red, green and blue of
 *         the messages go on the line in this order.
 *     02  shows what was set.
 *     03  index (14 bits), colour (28 bits, red in the highest byte of 24): sets a pixel.
 *     04  colour: sets all.
 *
 * Numbers come in groups of seven bits, the lowest first.
 */
#ifndef PIXELS_H
#define PIXELS_H

#include <stdbool.h>
#include <stdint.h>

/* What the memory of an ATmega328P has room for. */
#define MOST_PIXELS 216

/* No chain, and no memory of one; darkens the one that there was. */
void pixels_reset(void);

/* A message without its frame: from the command on. */
void pixels_message(const uint8_t *message, uint8_t length);

/* Dark without forgetting what was shown; or shown again. */
void pixels_rest(bool resting);

#endif
