# appcfg in an image: for pipelines (`image:`, inputs `install: ""` and `cli: appcfg`), and as a local AppConfig for the tests of
# other projects (`services:`, docs/emulator.md). The base image is
# named by its digest, so that the base image does not change:
#
#   docker build --build-arg NODE_IMAGE=node:22-bookworm-slim@sha256:… --tag appcfg .
#   docker run --rm --publish 2773:2773 appcfg appcfg emulator --host 0.0.0.0
ARG NODE_IMAGE

FROM ${NODE_IMAGE} AS build
# Visible in this stage only if it is declared again.
ARG NODE_IMAGE
RUN case "${NODE_IMAGE}" in *@sha256:*) ;; *) echo "NODE_IMAGE has no digest: name:tag@sha256:…" >&2; exit 1 ;; esac
WORKDIR /appcfg
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM ${NODE_IMAGE}
# Git history decides which of two commits is newer. Debian keeps only the newest version of a package.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*
# dist/ contains everything: no packages are installed.
COPY --from=build /appcfg/bin /opt/appcfg/bin
COPY --from=build /appcfg/dist /opt/appcfg/dist
COPY --from=build /appcfg/docs /opt/appcfg/docs
COPY --from=build /appcfg/package.json /appcfg/LICENSE /opt/appcfg/
RUN ln -s /opt/appcfg/bin/appcfg.js /usr/local/bin/appcfg
# The user of the base image.
USER node
WORKDIR /home/node
# No ENTRYPOINT: GitLab starts a shell in the image.
CMD ["appcfg", "--help"]
