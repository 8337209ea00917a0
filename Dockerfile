# One image for every process: web server, workers and reaper differ only in their command.
# Everything is fetched while building; nothing is while running.

FROM node:24-bookworm-slim AS pages
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
COPY reader_study/__init__.py reader_study/
COPY inference/__init__.py inference/
# Editable, so that the package is found in /app, beside the pages that the server serves.
RUN pip install --no-cache-dir -c constraints.txt -e .

FROM python:3.11-slim-bookworm
# For backup and restore: pg_dump of the server's version, which Debian itself does not have.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-common ca-certificates \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm --recursive --force /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 reader \
    && install --directory --owner=reader --group=reader /var/lib/reader-study \
        /var/lib/reader-study-handed-over
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    READER_STUDY_VAR=/var/lib/reader-study
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=pages /app/frontend/dist frontend/dist
USER reader
EXPOSE 8000
CMD ["gunicorn", "reader_study.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "16", "--timeout", "300", "--no-control-socket", "--logger-class", "reader_study.logs.gunicorn.Lines"]
