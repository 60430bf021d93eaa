// SPDX-License-Identifier: EUPL-1.2
/* The data line of WS2812 pixels. */
#ifndef WS2812_H
#define WS2812_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Sends three bytes for each pixel, 30 µs each, and lets them be shown. No interrupt is served meanwhile, but
 * no byte from the host is lost.
 * dark: zeros are sent in place of the bytes.
 */
void ws2812_send(volatile uint8_t *out, uint8_t mask, const uint8_t *bytes, uint16_t pixels, bool dark);

#endif
