# An input device with the given codes (decimal), as long as this runs. Reads lines: a code and 1 or 0;
# `flood CODE` sends more than anybody can fetch in time, its last is a release.
use strict;
use warnings;
use Fcntl;

# linux/uinput.h: UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_CREATE
my ($event_bit, $key_bit, $create) = (0x40045564, 0x40045565, 0x5501);

$| = 1;
sysopen(my $device, '/dev/uinput', O_WRONLY) or die "uinput: $!\n";
ioctl($device, $event_bit, 1) or die "events: $!\n";
ioctl($device, $key_bit, $_ + 0) or die "code $_: $!\n" for @ARGV;
# struct uinput_user_dev: name, bus (USB), vendor, product, version, effects, four tables of axes
syswrite($device, pack('a80 S4 L', 'Faccina test encoder', 3, 0x1209, 1, 1, 0) . ("\0" x (4 * 64 * 4))) or die "device: $!\n";
ioctl($device, $create, 0) or die "create: $!\n";
print "ready\n";

sub event { syswrite($device, pack('q q S S l', 0, 0, @_)) or die "event: $!\n" }
sub key { event(1, @_); event(0, 0, 0) }

while (my $line = <STDIN>) {
	if ($line =~ /^flood (\d+)/) {
		for (1 .. 2000) { key($1, 1); key($1, 0) }
		print "flooded\n";
	} elsif ($line =~ /^(\d+) ([01])/) {
		key($1, $2);
	}
}
