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
COPY requirements/runtime.txt /tmp/runtime.txt
RUN /venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes --requirement /tmp/runtime.txt
# The command of pyproject.toml's [project.scripts], running the code in /app.
RUN echo /app > /venv/lib/python3.11/site-packages/weike.pth \
    && printf '%s\n' '#!/venv/bin/python' 'import sys' 'from server.cli import main' 'sys.exit(main())' \
       > /venv/bin/weike \
    && chmod 755 /venv/bin/weike

FROM python:3.11.14-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg fonts-noto-cjk \
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
COPY search/ search/
COPY transcode/ transcode/
COPY library/ library/
COPY server/ server/
COPY --from=front-end /src/server/static/ server/static/
RUN /venv/bin/python -m compileall -q library search server transcode

ENV PATH=/venv/bin:$PATH \
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
