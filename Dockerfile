# Folio's commands without a clone: docker build -t folio . && docker run --rm -v "$PWD:/data" folio train --corpus my.txt --out my-bert
FROM node:24-slim AS build
WORKDIR /folio
COPY . .
RUN npm ci && npm run pack -- --pack-destination /tmp

FROM node:24-slim
COPY --from=build /tmp/folio-bert-*.tgz /tmp/
RUN npm install --global /tmp/folio-bert-*.tgz && rm /tmp/folio-bert-*.tgz
WORKDIR /data
ENTRYPOINT ["folio-bert"]
