#!/bin/sh
# Installs the packages of a raspi panel on 64-bit Debian or Raspberry Pi OS, 12 or 13, and asserts that each
# of them loads. Run it as root in the folder of Faccina; running it again does no harm.
#
# install.sh           installs
# install.sh check     only looks whether all of them load
#
# FACCINA_PIGPIO=FILE  takes pigpio's source from here, where Debian's archive cannot be reached
set -eu

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'failed: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "not root: run it with sudo"
[ -f package-lock.json ] || fail "no package-lock.json here: run it in the folder of Faccina"

# A module's own build; @serialport/bindings-cpp comes built, and says by this whether it fits.
modules="epoll i2c-bus spi-device rpi-ws281x-native pigpio @serialport/bindings-cpp"

check() {
  say "each of them loads"
  for module in $modules raspi-io johnny-five serialport; do
    node -e "require('$module')" >/dev/null || fail "$module does not load"
    echo "$module"
  done
}

if [ "${1:-}" = check ]; then
  check
  exit
fi

say "packages of the system"
missing=
for package in nodejs npm libnode-dev gcc g++ make python3 ca-certificates; do
  case $package in
    # Node from elsewhere brings its own npm and headers.
    nodejs | npm | libnode-dev) command -v npm >/dev/null && continue ;;
  esac
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get update
  # shellcheck disable=SC2086
  apt-get install --yes --no-install-recommends $missing
fi
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || fail "Node $(node --version): Faccina needs 20 or newer"

# Debian has pigpio's source, but builds no library of it; Raspberry Pi OS has it up to 12. Ours is built
# with two defaults changed: no command pipe and no socket (a plain pigpio lets everybody on the network
# drive the lines by TCP 8888), and the signals stay Node's.
url=http://deb.debian.org/debian/pool/main/p/pigpio/pigpio_1.78.orig.tar.gz
hash=ef4a4dc7ca8ca2f97fbdb9fd75586f61be7222d0f6c14e58af6c9192ad42f682
if [ -e /usr/local/lib/libpigpio.so.1 ]; then
  say "pigpio is built"
else
  say "pigpio from its source"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  if [ -n "${FACCINA_PIGPIO:-}" ]; then
    cp "$FACCINA_PIGPIO" "$work/source.tar.gz"
  else
    /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$url" "$work/source.tar.gz" "SHA256:$hash"
  fi
  echo "$hash  $work/source.tar.gz" | sha256sum --check --quiet || fail "another pigpio than was expected"
  tar -xzf "$work/source.tar.gz" -C "$work" --strip-components=1
  sed -i 's/^\(#define PI_DEFAULT_IF_FLAGS *\)0$/\1(PI_DISABLE_FIFO_IF | PI_DISABLE_SOCK_IF)/' "$work/pigpio.h"
  sed -i 's|^   0, /\* internals \*/|   PI_CFG_NOSIGHANDLER, /* internals */|' "$work/pigpio.c"
  grep -q 'PI_DEFAULT_IF_FLAGS *(PI_DISABLE' "$work/pigpio.h" || fail "pigpio.h is another one than expected"
  grep -q 'PI_CFG_NOSIGHANDLER, /\* internals' "$work/pigpio.c" || fail "pigpio.c is another one than expected"
  make --silent -C "$work" libpigpio.so CFLAGS='-O2 -w -pthread'
  install -m 0644 "$work/pigpio.h" /usr/local/include/
  install -m 0755 "$work/libpigpio.so.1" /usr/local/lib/
  ln -sf libpigpio.so.1 /usr/local/lib/libpigpio.so
  ldconfig
fi

# Install scripts of dependencies would call sudo, apt-get and edit /boot/config.txt, a place that is none
# any more; npm would then leave the packages out and say nothing.
say "packages of Faccina"
npm ci --omit=dev --ignore-scripts --no-audit --no-fund --fetch-retries=6

# Debian keeps the headers of its Node here; without them node-gyp looks for them on nodejs.org.
[ "$(command -v node)" = /usr/bin/node ] && [ -f /usr/include/node/node_api.h ] && export npm_config_nodedir=/usr
for module in $modules; do
  say "build of $module"
  (cd "node_modules/$module" && npm run --silent install >build.log 2>&1) ||
    { tail -n 20 "node_modules/$module/build.log" >&2; fail "$module was not built"; }
done

check
