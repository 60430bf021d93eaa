// SPDX-License-Identifier: EUPL-1.2
/*
 * Starts the firmware again when its loop stands still for half a second.
 *
 * First by an interrupt that jumps to the beginning: the bootloader of old Nanos does not switch the watchdog
 * off, and so would start again and again after a reset by it. If interrupts are off, the chip is reset.
 */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <stdbool.h>

void watchdog_begin(void);

/* To be called from the loop. */
void watchdog_feed(void);

/* Whether it was the watchdog that has started the firmware. */
bool watchdog_has_bitten(void);

#endif
