#!/bin/sh
# Entry point of the image: `docker run gateway-emulator [command] [options]`. Loads the seed files in /seeds in the
# order of their names, unless GATEWAY_EMULATOR_SEED or --seed is given.
set -eu
if [ -z "${GATEWAY_EMULATOR_SEED:-}" ]; then
  for file in /seeds/*.yaml /seeds/*.yml /seeds/*.json; do
    if [ -e "$file" ]; then
      export GATEWAY_EMULATOR_SEED=/seeds
      break
    fi
  done
fi
# exec replaces this shell, so that node receives the signals of `docker stop`.
exec node /app/dist/cli.js "$@"
