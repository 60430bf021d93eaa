#!/bin/bash
# The hands of a test in the computer: takes commands from the second console, a line each (its number, and the command
# in base64), and answers with the number, the exit code and the output in base64. What a command has left running
# says something by writing a line that begins with "!" to /dev/tty2.
stty -F /dev/tty2 raw -echo
exec </dev/tty2 >/dev/tty2 2>/dev/null
echo '! agent'
while read -r number command; do
  base64 -d <<<"$command" >/run/rig-command
  bash /run/rig-command </dev/null >/run/rig-output 2>&1
  printf '%s %s %s\n' "$number" $? "$(base64 -w 0 /run/rig-output)"
done
