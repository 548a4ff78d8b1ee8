#!/usr/bin/env bash
# Makes encoder.go and encoder.dat of libwebp's sources, which it is given unpacked:
#
#   apt-get install clang lld wasi-libc libclang-rt-dev-wasm32
#   apt-get source libwebp          # 1.2.4-0.2+deb12u1, with a deb-src line in the sources
#   internal/webp/libwebp/c/build.sh libwebp-1.2.4
#
# Only the encoder is compiled, for any machine, and it never takes more than 256 MiB.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
src=$(realpath "$1")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

cd "$src"
mapfile -t files < <(ls src/enc/*.c src/utils/*.c src/dsp/*.c sharpyuv/*.c | grep -vE '_(sse|avx|neon|mips|msa)|_neon|mips')
clang --target=wasm32-wasi -O2 -DNDEBUG -mexec-model=reactor -ffunction-sections \
  -mbulk-memory -mnontrapping-fptoint -msign-ext -I. -Isrc \
  -Wl,--gc-sections -Wl,--strip-all -Wl,--max-memory=268435456 -o "$tmp/encoder.wasm" "$here/encode.c" "${files[@]}"

cd "$here/.."
go run github.com/ncruces/wasm2go@v0.4.20 -embed -pkg libwebp -o encoder.go "$tmp/encoder.wasm"
gofmt -w encoder.go
cp "$src/COPYING" COPYING
