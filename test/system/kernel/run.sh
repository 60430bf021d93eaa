#!/usr/bin/env bash
# run.sh COMMAND...
#
# Runs COMMAND as root in a kernel of its own, which boots in a second, sees the files of this computer
# (read only, /run is its own) and has the hardware of a panel: see README.md. Output, errors and exit code
# are those of COMMAND; 124 when it took too long, 125 when the kernel ended before it.
#
#   RIG_TIMEOUT  seconds that it may take (600)
#   RIG_MEMORY   of the guest (384M)
#   RIG_LOG      file that gets the kernel's own log
# The host's loopback is 10.0.2.2 in there.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)

fail() { printf 'run.sh: %s\n' "$*" >&2; exit 125; }

[ $# -ge 1 ] || { sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2; }
for tool in dtc:device-tree-compiler fdtoverlay:device-tree-compiler slirp4netns:slirp4netns taskset:util-linux \
  perl:perl-base ip:iproute2; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "${tool%:*}" >/dev/null || fail "no ${tool%:*}; it comes with: apt-get install ${tool#*:}"
done
kernel=$("$here/build.sh") || exit 125

rig=$(mktemp -d -t faccina-rig.XXXXXX)
guest='' slirp='' watch=''
end() {
  # The kernel is a session of its own: its number is that of all its processes.
  [ -z "$guest" ] || kill -KILL -- "-$guest" 2>/dev/null
  [ -z "$slirp" ] || kill "$slirp" 2>/dev/null
  [ -z "$watch" ] || kill -- "$watch" 2>/dev/null
  rm -rf "$rig"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The board, with the overlays that a Pi is given.
dtc -q -@ -I dts -O dtb -o "$rig/board.dtb" "$here/panel.dts" || fail 'panel.dts is wrong'
for overlay in keys lamps; do
  dtc -@ -I dts -O dtb -o "$rig/$overlay.dtbo" "$root/hardware/overlays/faccina-$overlay-overlay.dts" || fail "the overlay $overlay is wrong"
done
fdtoverlay -i "$rig/board.dtb" -o "$rig/panel.dtb" "$rig/keys.dtbo" "$rig/lamps.dtbo" || fail 'the overlays do not fit the board'

# What to do in there, and where.
{
  export -p
  printf 'cd %q\n' "$PWD"
  printf 'exec'
  printf ' %q' "$@"
  printf '\n'
} >"$rig/job"
cp "$here/init.sh" "$rig/"

slirp4netns --target-type=bess "$rig/net" >"$rig/net.log" 2>&1 &
slirp=$!
for _ in {1..200}; do
  [ -S "$rig/net" ] && break
  read -r -t 0.02 <> <(:) || :
done
[ -S "$rig/net" ] || fail "no network: $(cat "$rig/net.log")"

# The guest's memory is a file; where shared memory is scarce, as in many containers, it lies elsewhere.
memory=/dev/shm
[ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -gt 600000 ] 2>/dev/null || memory=${TMPDIR:-/tmp}

# Its consoles get pipes: it makes what it is given non-blocking, for whoever else has it, too.
mkfifo "$rig/out" "$rig/err"
cat "$rig/out" &
out=$!
cat "$rig/err" >&2 &
err=$!
log=${RIG_LOG:-$rig/log}
# On one processor it is four times as fast as on any of several.
TMPDIR=$memory taskset -c "$(($(nproc --all) - 1))" "$kernel" root=/dev/root rootfstype=hostfs rootflags=/ ro \
  "init=$rig/init.sh" "RIG=$rig" "dtb=$rig/panel.dtb" "mem=${RIG_MEMORY:-384M}" "uml_dir=$rig" umid=guest \
  panic=-1 noreboot con=null con0=null,fd:5 con1=null,fd:6 con2=null,fd:7 \
  "vec0:transport=bess,dst=$rig/net,depth=64,gro=1,mac=02:00:00:00:00:01" \
  </dev/null >>"$log" 2>&1 5>>"$log" 6>"$rig/out" 7>"$rig/err" &
guest=$!
(
  sleep "${RIG_TIMEOUT:-600}" &
  trap 'kill $!' TERM
  wait $! && : >"$rig/late" && kill -KILL -- "-$guest"
) 2>/dev/null &
watch=$!
wait "$guest" 2>/dev/null
guest=''
wait "$out" "$err"
if [ -e "$rig/late" ]; then
  echo "run.sh: ended after ${RIG_TIMEOUT:-600} s" >&2
  exit 124
fi
[ -s "$rig/status" ] || { tail -n 30 "$log" >&2; fail 'the kernel ended before the command; the end of its log is above'; }
exit "$(cat "$rig/status")"
