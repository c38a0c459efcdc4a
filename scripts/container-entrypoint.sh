#!/bin/sh
# The image's command line: `docker run gateway-emulator [command] [options]`. Loads the seed files in /seeds, in the
# order of their names, unless GATEWAY_EMULATOR_SEED or --seed names others.
set -eu
if [ -z "${GATEWAY_EMULATOR_SEED:-}" ]; then
  for file in /seeds/*.yaml /seeds/*.yml /seeds/*.json; do
    if [ -e "$file" ]; then
      export GATEWAY_EMULATOR_SEED=/seeds
      break
    fi
  done
fi
# `exec`, so that the signals of `docker stop` reach the emulator.
exec node /app/dist/cli.js "$@"
