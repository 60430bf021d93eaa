#!/usr/bin/env bash
# Builds the kernel of the panel tests, once, and prints the file that it is: a program that boots in a
# second. From the source package of this Debian; nothing is fetched here. Where it is kept:
# $FACCINA_KERNEL_CACHE, else ~/.cache/faccina.
#
#   build.sh          builds it if it is not there yet: about five minutes of two processors
#   build.sh --ready  fails if it is not there yet
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
jobs=${FACCINA_KERNEL_JOBS:-$(nproc)}

fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

source=$(find /usr/src -maxdepth 1 -name 'linux-source-*.tar.xz' 2>/dev/null | sort -V | tail -n 1)
[ -n "$source" ] || fail 'no kernel source; it comes with: apt-get install linux-source build-essential flex bison bc xz-utils'
for tool in gcc make flex bison bc xz; do
  command -v "$tool" >/dev/null || fail "no $tool; it comes with: apt-get install build-essential flex bison bc xz-utils"
done

# What it is made of names it: another recipe or another source is another kernel.
package=$(basename "$source" .tar.xz)
version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null || stat -c '%s-%Y' "$source")
recipe=$({
  cat "$here/kernel.config" "$here/panel-mock.c"
  sed -n '/^# The recipe/,$p' "${BASH_SOURCE[0]}"
  echo "$version $(uname -m)"
} | sha256sum | cut -c 1-16)
cache=${FACCINA_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faccina}
kernel=$cache/kernel-$recipe
if [ "${1:-}" = --ready ]; then
  [ -x "$kernel" ] || fail "the kernel of the panel tests is not there yet; build it once, in about five minutes: $here/build.sh"
  echo "$kernel"
  exit
fi
mkdir -p "$cache"

# One at a time; who waited finds it ready.
exec 9>"$cache/lock"
flock 9
if [ -x "$kernel" ]; then
  echo "$kernel"
  exit
fi

work=$(mktemp -d "$cache/building.XXXXXX")
log=$cache/build.log
exec 3>&1 4>&2 >"$log" 2>&1
end() {
  local status=$?
  rm -rf "$work"
  [ "$status" -eq 0 ] && return
  tail -n 40 "$log" >&4
  echo "build.sh: the kernel could not be built; all of it: $log" >&4
}
trap end EXIT

echo "building $kernel from $package $version"
# The recipe.
mkdir "$work/source" "$work/build"
tar -xf "$source" -C "$work/source" --strip-components=1
# A tick of 1 ms: the simulated lines debounce by ticks, and 10 ms would swallow what a Pi sees.
sed -i '/^config HZ$/,/default/s/default 100$/default 1000/' "$work/source/arch/um/Kconfig"
cp "$here/panel-mock.c" "$work/source/drivers/misc/"
echo 'obj-y += panel-mock.o' >>"$work/source/drivers/misc/Makefile"
build() { make -s -C "$work/source" ARCH=um O="$work/build" "$@"; }
build allnoconfig KCONFIG_ALLCONFIG="$here/kernel.config"
# An option that lacks another one is dropped without a word.
missing=$(grep '^CONFIG_' "$here/kernel.config" | grep -vxFf "$work/build/.config" || true)
[ -z "$missing" ] || printf 'not known to this source, or in want of another option: %s\n' "$missing"
build -j"$jobs"
strip -o "$work/linux" "$work/build/linux"
mv "$work/linux" "$kernel"
echo "$kernel" >&3
