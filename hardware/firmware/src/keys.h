// SPDX-License-Identifier: EUPL-1.2
/* Tells the host of every change of an input, as soon as the loop comes by. */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stdint.h>

void keys_begin(void);

/* Whether the changes of one of Firmata's ports are told; its levels are, at once. */
void keys_report(uint8_t port, bool on);

/* Looks at all ports that are reported. */
void keys_look(void);

#endif
