# syntax=docker/dockerfile:1

# Node 26 is the long-term support line since October 2026; packages come for glibc, hence slim and not alpine.
FROM node:26-slim AS manifests
WORKDIR /app
# lefthook installs git hooks unless it is told that this is no one's working copy
ENV CI=true
# only what decides on the dependencies: a change of the sources keeps the layers below
COPY package.json package-lock.json .npmrc ./
COPY packages/embedded-mongo/package.json packages/embedded-mongo/
COPY packages/platform-sandbox/package.json packages/platform-sandbox/
COPY packages/h5/package.json packages/h5/

FROM manifests AS build
RUN --mount=type=cache,target=/root/.npm npm ci
COPY .swcrc ./
COPY packages packages
COPY src src
RUN npm run build

FROM manifests AS production
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev

FROM node:26-slim
ENV NODE_ENV=production
WORKDIR /app
# owned by root, run by node: the service cannot change its own code, and in production it writes no files but below /data
COPY --from=production /app ./
COPY --from=build /app/packages/embedded-mongo/dist packages/embedded-mongo/dist
COPY --from=build /app/packages/platform-sandbox/dist packages/platform-sandbox/dist
COPY --from=build /app/packages/h5/dist packages/h5/dist
COPY --from=build /app/dist dist
RUN install -d -o node -g node -m 700 /data
ENV DATA_DIR=/data
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/api/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "dist/main.js"]
