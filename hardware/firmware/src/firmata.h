// SPDX-License-Identifier: EUPL-1.2
/*
 * The bytes of Firmata 2.5, as far as the panel speaks it.
 * Source: github.com/firmata/protocol, protocol.md and i2c.md.
 */
#ifndef FIRMATA_H
#define FIRMATA_H

/* Lower nibble: port or pin; then a value of two times seven bits, the lower ones first. */
#define DIGITAL 0x90
#define ANALOG 0xe0
/* Lower nibble: pin or port; then 0 or 1. */
#define REPORT_ANALOG 0xc0
#define REPORT_DIGITAL 0xd0
/* Pin, then its mode or value. */
#define SET_PIN_MODE 0xf4
#define SET_PIN_VALUE 0xf5
#define VERSION 0xf9
#define SYSTEM_RESET 0xff
#define SYSEX 0xf0
#define END_SYSEX 0xf7

/* The messages between SYSEX and END_SYSEX, by their first byte. */
#define SYSEX_PIXELS 0x51
#define SYSEX_MAPPING_QUERY 0x69
#define SYSEX_MAPPING 0x6a
#define SYSEX_CAPABILITY_QUERY 0x6b
#define SYSEX_CAPABILITY 0x6c
#define SYSEX_PIN_STATE_QUERY 0x6d
#define SYSEX_PIN_STATE 0x6e
#define SYSEX_ANALOG 0x6f
#define SYSEX_STRING 0x71
#define SYSEX_I2C_REQUEST 0x76
#define SYSEX_I2C_REPLY 0x77
#define SYSEX_I2C_CONFIG 0x78
#define SYSEX_FIRMWARE 0x79
#define SYSEX_SAMPLING 0x7a

#define PROTOCOL_MAJOR 2
#define PROTOCOL_MINOR 5

#endif
