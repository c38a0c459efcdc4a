# docker build -t gateway-emulator .
# docker run --rm -p 127.0.0.1:4110:4110 -v "$PWD/seeds:/seeds:ro" -v gateway-data:/data gateway-emulator
FROM node:22-bookworm-slim AS build
# These compile better-sqlite3 on platforms without a ready-made binary.
RUN apt-get update \
  && apt-get install -y --no-install-recommends g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs
# Keeps only what dist/ loads at run time: no development packages, no sources, no compiler objects.
RUN npm prune --omit=dev --ignore-scripts \
  && mv node_modules/better-sqlite3/build/Release/better_sqlite3.node /tmp/ \
  && rm -rf node_modules/better-sqlite3/build node_modules/better-sqlite3/deps node_modules/better-sqlite3/src dist/types \
  && mkdir -p node_modules/better-sqlite3/build/Release \
  && mv /tmp/better_sqlite3.node node_modules/better-sqlite3/build/Release/

FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="gateway-emulator" \
  org.opencontainers.image.description="A local stand-in for Baseten's Frontier Gateway" \
  org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY package.json LICENSE ./
COPY scripts/container-entrypoint.sh ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN mkdir /data /seeds \
  && chown node:node /data \
  && ln -s /app/dist/cli.js /usr/local/bin/gateway-emulator
# In a container every address is only the container's: the published port decides who may call the control API.
# GATEWAY_EMULATOR_CONTROL_TOKEN makes it ask for a token all the same.
ENV NODE_ENV=production \
  GATEWAY_EMULATOR_HOST=0.0.0.0 \
  GATEWAY_EMULATOR_PORT=4110 \
  GATEWAY_EMULATOR_OPEN_CONTROL=1 \
  GATEWAY_EMULATOR_STATE=/data/state.db
USER node
# The state. Seeds come from /seeds, if it has any.
VOLUME /data
EXPOSE 4110
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --start-interval=250ms --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.GATEWAY_EMULATOR_PORT + '/_emulator/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["sh", "/app/container-entrypoint.sh"]
