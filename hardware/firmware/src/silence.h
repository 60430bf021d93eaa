// SPDX-License-Identifier: EUPL-1.2
/*
 * A host that has not sent a byte for ten seconds is gone: all lights go dark, and come back with its next
 * byte. It asks every second whether the board is alive.
 */
#ifndef SILENCE_H
#define SILENCE_H

void silence_begin(void);

/* To be called from the loop. */
void silence_look(void);

/* A byte has come. */
void silence_broken(void);

#endif
