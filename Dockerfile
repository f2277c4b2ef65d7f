# Two stages: the first compiles (better-sqlite3 is native code), the second holds what runs.
FROM node:20-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/provision
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json rolldown.config.mjs ./
COPY src ./src
COPY server ./server
COPY scripts ./scripts
RUN npx tsc -p tsconfig.build.json && npx rolldown -c && node scripts/page-assets.mjs && npm prune --omit=dev

FROM node:20-bookworm-slim
# ipxe: undionly.kpxe, snponly.efi and ipxe.efi, which machines are sent. libcap2-bin: the file capabilities below.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ipxe libcap2-bin \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/provision
COPY --from=build /opt/provision/package.json ./
COPY --from=build /opt/provision/node_modules ./node_modules
COPY --from=build /opt/provision/dist ./dist
COPY profiles ./profiles
COPY kickstarts ./kickstarts
COPY LICENSE ./
# The user is not root; a copy of node may bind ports below 1024 (67, 69, 80) and send to machines that have no
# address yet. The container must be given both capabilities, or this copy cannot be executed at all (EPERM).
RUN cp "$(command -v node)" /usr/local/bin/provision-node \
 && setcap cap_net_bind_service,cap_net_raw+ep /usr/local/bin/provision-node \
 && ln -s /opt/provision/dist/cli/provision.cjs /usr/local/bin/provision \
 && useradd --system --uid 970 --user-group --home-dir /var/lib/provision --shell /usr/sbin/nologin provision \
 && install -d -o provision -g provision -m 0700 /var/lib/provision
USER provision
# The command finds the server's socket here; the server keeps everything else here.
ENV NODE_ENV=production \
    PROVISION_DATA_DIR=/var/lib/provision \
    PROVISION_SERVER=unix:/var/lib/provision/provision.sock
VOLUME /var/lib/provision
WORKDIR /var/lib/provision
# The API (people), boot files (machines). 67/udp, 69/udp and 514 need the host's network: see docker-compose.yml.
EXPOSE 8080/tcp 80/tcp 67/udp 69/udp 514/udp 514/tcp
STOPSIGNAL SIGTERM
# By the unix socket, so that it is right wherever http.listen points.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "require('node:http').get({socketPath: process.env.PROVISION_HTTP_SOCKET || process.env.PROVISION_DATA_DIR + '/provision.sock', path: '/healthz', timeout: 4000}, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1)).on('timeout', () => process.exit(1))"]
ENTRYPOINT ["/usr/local/bin/provision-node", "/opt/provision/dist/server/main.js"]
