// SPDX-License-Identifier: EUPL-1.2
/* Takes what the host sends apart, and does it. */
#ifndef HOST_H
#define HOST_H

#include <stdint.h>

/* As after the start: pixels dark, all pins inputs, nothing reported. */
void host_reset(void);

/* The next byte. Whatever comes, the worst is that it is not understood. */
void host_byte(uint8_t byte);

#endif
