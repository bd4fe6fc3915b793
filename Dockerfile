# One image, every role. The embedded engine (chdb, 540 MB) stays out: this shape has a real ClickHouse.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install --omit=optional --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs

FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm install --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY rules ./rules
COPY drills ./drills
RUN mkdir -p /var/lib/vonggac && chown node /var/lib/vonggac
USER node
ENTRYPOINT ["node", "--max-semi-space-size=32", "bin/vonggac.mjs"]
CMD ["up"]
