#!/bin/sh
# The image's command line: `docker run gateway-emulator [command] [options]`. Seed files that lie in /seeds are
# loaded in the order of their names, unless GATEWAY_EMULATOR_SEED or --seed names others.
set -eu
if [ -z "${GATEWAY_EMULATOR_SEED:-}" ]; then
  for file in /seeds/*.yaml /seeds/*.yml /seeds/*.json; do
    if [ -e "$file" ]; then
      export GATEWAY_EMULATOR_SEED=/seeds
      break
    fi
  done
fi
# In place of this shell, so that it gets the signals of `docker stop`.
exec node /app/dist/cli.js "$@"
