# Two images from one file: `bot` (everything that citizens and volunteers meet) and `nlu` (what answers for the language model).
# Packages are those of the lock files, hash by hash. The model is trained on the way, or mounted later over /app/models.
ARG PYTHON_IMAGE=python:3.11-slim-trixie

FROM ${PYTHON_IMAGE} AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN groupadd --gid 10001 danloi && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin danloi

# --- environments, each from its own lock
FROM base AS bot-environment
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/pip install --no-deps --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY nlu nlu
RUN .venv/bin/pip install --no-deps --no-build-isolation --no-index -e . && .venv/bin/python -m compileall -q .venv bot nlu

FROM base AS nlu-environment
COPY nlu/serve/requirements.lock nlu/serve/
RUN python -m venv nlu/serve/.venv && nlu/serve/.venv/bin/pip install --no-deps --require-hashes --only-binary :all: -r nlu/serve/requirements.lock \
 && nlu/serve/.venv/bin/python -m compileall -q nlu/serve/.venv

# --- training needs Rasa and TensorFlow (2.5 GB): they stay in this stage. Rasa says that it wants Python 3.10; it runs on 3.11.
# No compiler is here, and multidict's release of then has no wheel for 3.11: without extensions it is Python alone.
FROM base AS training-environment
COPY nlu/requirements.lock nlu/
RUN python -m venv nlu/.venv && MULTIDICT_NO_EXTENSIONS=1 \
    nlu/.venv/bin/pip install --no-deps --require-hashes --ignore-requires-python -r nlu/requirements.lock

FROM training-environment AS trained
COPY --from=bot-environment /app ./
COPY config.yml ./
COPY flows flows
COPY content content
RUN .venv/bin/danloi train

# --- what both images begin with. Python's own modules come uncompiled, and nobody may write there later: each start and each health
# check would compile them anew.
FROM base AS compiled
RUN python -m compileall -q -x '/(site-packages|tests?|idlelib|lib2to3|turtledemo)/' "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"

# --- what answers for the model: numpy and a small server, nothing of citizens
FROM compiled AS nlu
COPY --from=nlu-environment /app/nlu/serve/.venv nlu/serve/.venv
COPY --from=bot-environment /app/nlu nlu
COPY --from=trained --chown=10001:10001 /app/models models
ENV NLU_HOST=0.0.0.0 NLU_PORT=5005
USER 10001:10001
EXPOSE 5005
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["nlu/serve/.venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:5005/', timeout=2)"]
CMD ["nlu/serve/.venv/bin/python", "-m", "nlu.serve", "models"]

# --- the assistant
FROM compiled AS bot
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-17 && rm -rf /var/lib/apt/lists/* \
 && install -d -o danloi -g danloi -m 0700 /data
COPY --from=bot-environment /app ./
COPY config.yml ./
COPY flows flows
COPY content content
COPY --from=trained --chown=10001:10001 /app/models models
ENV PATH=/app/.venv/bin:$PATH DANLOI_VAR=/data DANLOI_MODELS=/app/models HOST=0.0.0.0 PORT=8000
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["/app/.venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["danloi"]
CMD ["serve"]
