/*
 * An Arduino on a pseudo terminal: Debian's libsimavr runs the firmware at the speed of a real one, a test
 * presses its keys by lines on stdin, and gets on stdout what pixels on a pin show.
 *
 *     runner CHIP FIRMWARE.hex LINK PIXEL_PIN
 *
 * CHIP: atmega328p, with the pins of an Uno, or atmega2560, with those of a Mega.
 * LINK becomes a symbolic link to the terminal, as udev makes one in /dev/serial/by-id. Lines on stdin:
 *
 *     close PIN          a contact to ground closes …
 *     open PIN           … and opens
 *     tap PIN US         closes for so many microseconds of the Arduino's time
 *     bounce PIN N US    closes and opens N times, each lasting so long, then stays closed
 *     hang               the firmware stops; what it drives stays as it is
 *     reset              the reset button
 *     unplug             the terminal hangs up, and the link goes
 *     plug               a new terminal, and a reset, as the opening of a real one makes
 *     noise HEX          bytes that the Arduino never sent
 *     end                as does the end of stdin
 *
 * Lines on stdout: `ready`, `done COMMAND` after each command, `frame HEX` for each frame of pixels.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <avr_ioport.h>
#include <avr_uart.h>
#include <sim_avr.h>
#include <sim_hex.h>
#include <sim_io.h>

#define HZ 16000000
#define CYCLES_PER_US (HZ / 1000000)
/* Ten bits at 57,600 baud, as near as the divider comes. */
#define CYCLES_PER_BYTE 2800
/* Between two looks at the terminal and at stdin. */
#define SLICE_US 500
#define LATCH_CYCLES (50 * CYCLES_PER_US)

static avr_t *avr;
static const char *firmware, *link_path;
static int pixel_pin;
static int master = -1, slave = -1;
static int hung;
static unsigned char closed[70];

/* Port and bit of each pin, as the boards have them printed on them. */
static const char uno[] = "D0D1D2D3D4D5D6D7B0B1B2B3B4B5C0C1C2C3C4C5";
static const char mega[] = "E0E1E4E5G5E3H3H4H5H6B4B5B6B7J1J0H1H0D3D2D1D0A0A1A2A3A4A5A6A7C7C6C5C4C3C2C1C0"
			   "D7G2G1G0L7L6L5L4L3L2L1L0B3B2B1B0F0F1F2F3F4F5F6F7K0K1K2K3K4K5K6K7";
static const char *chip, *pins;
static int pin_count;

/* Bytes on their way to the Arduino, which takes one when there was the time for it to come. */
static unsigned char incoming[65536];
static unsigned incoming_head, incoming_tail;

static struct {
	int high;
	avr_cycle_count_t since;
	unsigned bits;
	unsigned char bytes[4096];
} eye;

struct place {
	char port;
	int bit;
};

static struct place place_of(int pin)
{
	return (struct place){pins[2 * pin], pins[2 * pin + 1] - '0'};
}

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/* An open contact is held high by the pull-up; simavr gives inputs what is set as external. */
static void settle(int pin)
{
	struct place at = place_of(pin);
	avr_ioport_external_t external = {.name = at.port, .mask = 0, .value = 0};
	for (int other = 0; other < pin_count; other++) {
		struct place place = place_of(other);
		if (place.port != at.port)
			continue;
		external.mask |= 1 << place.bit;
		if (!closed[other])
			external.value |= 1 << place.bit;
	}
	avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(at.port), &external);
	avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(at.port), at.bit), !closed[pin]);
}

static void set_contact(int pin, int to)
{
	if (pin < 0 || pin >= pin_count)
		return;
	closed[pin] = to;
	settle(pin);
}

static void on_sent(struct avr_irq_t *irq, uint32_t value, void *param)
{
	(void)irq;
	(void)param;
	unsigned char byte = value;
	if (master >= 0 && write(master, &byte, 1) < 0 && errno != EAGAIN && errno != EIO)
		fail("write to the terminal");
}

static void latch(void)
{
	if (eye.bits == 0)
		return;
	printf("frame ");
	for (unsigned i = 0; i < (eye.bits + 7) / 8; i++)
		printf("%02x", eye.bytes[i]);
	printf("\n");
	fflush(stdout);
	memset(eye.bytes, 0, sizeof eye.bytes);
	eye.bits = 0;
}

/* A zero of a WS2812 is high for about 0.35 µs, a one for about 0.9 µs. */
static void on_pixel_pin(struct avr_irq_t *irq, uint32_t value, void *param)
{
	(void)irq;
	(void)param;
	int high = value & 1;
	if (high == eye.high)
		return;
	avr_cycle_count_t lasted = avr->cycle - eye.since;
	if (high && lasted > LATCH_CYCLES)
		latch();
	if (!high && eye.bits < 8 * sizeof eye.bytes) {
		if (lasted > 9)
			eye.bytes[eye.bits / 8] |= 0x80 >> (eye.bits % 8);
		eye.bits++;
	}
	eye.high = high;
	eye.since = avr->cycle;
}

static avr_cycle_count_t take_byte(struct avr_t *of, avr_cycle_count_t when, void *param)
{
	(void)param;
	if (incoming_tail != incoming_head) {
		unsigned char byte = incoming[incoming_tail++ % sizeof incoming];
		avr_raise_irq(avr_io_getirq(of, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), byte);
	}
	return when + CYCLES_PER_BYTE;
}

/* What is pressed for a time that only the Arduino's own clock can measure. */
static struct {
	int pin, left;
	avr_cycle_count_t each;
} finger;

static avr_cycle_count_t move_finger(struct avr_t *of, avr_cycle_count_t when, void *param)
{
	(void)of;
	(void)param;
	if (finger.left-- <= 0)
		return 0;
	set_contact(finger.pin, !closed[finger.pin]);
	return when + finger.each;
}

static void start(void)
{
	ihex_chunk_p chunks = NULL;
	int count = read_ihex_chunks(firmware, &chunks);
	if (count <= 0) {
		fprintf(stderr, "%s is no firmware\n", firmware);
		exit(1);
	}
	avr = avr_make_mcu_by_name(chip);
	if (!avr || avr_init(avr) < 0)
		fail(chip);
	avr->frequency = HZ;
	for (int i = 0; i < count; i++)
		memcpy(avr->flash + chunks[i].baseaddr, chunks[i].data, chunks[i].size);
	free_ihex_chunks(chunks);
	uint32_t flags = 0;
	avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
	flags &= ~(AVR_UART_FLAG_POLL_SLEEP | AVR_UART_FLAG_STDIO);
	avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
	avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_sent, NULL);
	struct place at = place_of(pixel_pin);
	avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(at.port), at.bit), on_pixel_pin, NULL);
	for (int pin = 0; pin < pin_count; pin++)
		settle(pin);
	avr_cycle_timer_register(avr, CYCLES_PER_BYTE, take_byte, NULL);
}

static void reset(void)
{
	avr_terminate(avr);
	free(avr);
	memset(&eye, 0, sizeof eye);
	incoming_head = incoming_tail = 0;
	hung = 0;
	start();
}

static void plug(void)
{
	char name[128];
	struct termios raw;
	if (openpty(&master, &slave, name, NULL, NULL) < 0)
		fail("openpty");
	/* The slave stays open here, or the terminal would hang up whenever the other side lets go of it. */
	tcgetattr(slave, &raw);
	cfmakeraw(&raw);
	tcsetattr(slave, TCSANOW, &raw);
	fcntl(master, F_SETFL, O_NONBLOCK);
	unlink(link_path);
	if (symlink(name, link_path) < 0)
		fail(link_path);
}

static void unplug(void)
{
	unlink(link_path);
	close(slave);
	close(master);
	master = slave = -1;
}

static void noise(const char *hex)
{
	for (; hex[0] && hex[1]; hex += 2) {
		unsigned byte;
		if (sscanf(hex, "%2x", &byte) == 1)
			on_sent(NULL, byte, NULL);
	}
}

static void obey(char *line)
{
	int pin = 0, count = 0, us = 0;
	static char hex[8192];
	if (sscanf(line, "close %d", &pin) == 1)
		set_contact(pin, 1);
	else if (sscanf(line, "open %d", &pin) == 1)
		set_contact(pin, 0);
	else if (sscanf(line, "tap %d %d", &pin, &us) == 2) {
		finger.pin = pin;
		finger.left = 2;
		finger.each = (avr_cycle_count_t)us * CYCLES_PER_US;
		avr_cycle_timer_register(avr, 1, move_finger, NULL);
	} else if (sscanf(line, "bounce %d %d %d", &pin, &count, &us) == 3) {
		finger.pin = pin;
		finger.left = 2 * count + 1;
		finger.each = (avr_cycle_count_t)us * CYCLES_PER_US;
		avr_cycle_timer_register(avr, 1, move_finger, NULL);
	} else if (sscanf(line, "noise %8191s", hex) == 1)
		noise(hex);
	else if (!strcmp(line, "hang"))
		hung = 1;
	else if (!strcmp(line, "reset"))
		reset();
	else if (!strcmp(line, "unplug"))
		unplug();
	else if (!strcmp(line, "plug")) {
		plug();
		reset();
	} else if (!strcmp(line, "end"))
		exit(0);
	printf("done %s\n", line);
	fflush(stdout);
}

static void read_commands(void)
{
	static char text[16384];
	static size_t length;
	ssize_t got = read(STDIN_FILENO, text + length, sizeof text - length - 1);
	if (got <= 0)
		exit(0);
	length += got;
	text[length] = 0;
	char *line = text, *end;
	while ((end = strchr(line, '\n'))) {
		*end = 0;
		obey(line);
		line = end + 1;
	}
	length -= line - text;
	memmove(text, line, length);
}

static void read_terminal(void)
{
	unsigned char bytes[4096];
	ssize_t got = read(master, bytes, sizeof bytes);
	for (ssize_t i = 0; i < got; i++)
		incoming[incoming_head++ % sizeof incoming] = bytes[i];
}

static void forget_link(void)
{
	unlink(link_path);
}

static long long now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "runner CHIP FIRMWARE.hex LINK PIXEL_PIN\n");
		return 2;
	}
	chip = argv[1];
	pins = strcmp(chip, "atmega2560") ? uno : mega;
	pin_count = strlen(pins) / 2;
	firmware = argv[2];
	link_path = argv[3];
	pixel_pin = atoi(argv[4]);
	atexit(forget_link);
	start();
	plug();
	printf("ready\n");
	fflush(stdout);
	long long due = now_us();
	for (;;) {
		struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = master, .events = POLLIN}};
		long long left = due - now_us();
		if (poll(fds, 2, left > 1000 ? left / 1000 : 0) < 0 && errno != EINTR)
			fail("poll");
		if (fds[0].revents)
			read_commands();
		if (master >= 0 && fds[1].revents & POLLIN)
			read_terminal();
		if (now_us() < due)
			continue;
		/* A machine that was held up does not make up for it all at once. */
		due = now_us() - due > 100000 ? now_us() + SLICE_US : due + SLICE_US;
		if (hung)
			continue;
		avr_cycle_count_t until = avr->cycle + SLICE_US * CYCLES_PER_US;
		while (avr->cycle < until)
			avr_run(avr);
		if (!eye.high && avr->cycle - eye.since > LATCH_CYCLES)
			latch();
	}
}
