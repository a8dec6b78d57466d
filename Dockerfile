# stocksim and what it needs for RabbitMQ and PostgreSQL; a run or a worker, by its arguments.
#   docker build -t stocksim . && docker run --rm stocksim scenarios/steady_day.yaml
ARG PYTHON=3.13.5-slim-bookworm
FROM python:${PYTHON}

# Logs line by line and in colour, though no terminal is attached: `docker logs` reads like one.
ENV PYTHONUNBUFFERED=1 FORCE_COLOR=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

WORKDIR /app

# First what seldom changes, so that its layer stays.
COPY .docker/requirements.txt ./
RUN pip install --no-deps --requirement requirements.txt

COPY stocksim.py ./
COPY actors actors
COPY scenarios scenarios
# Whatever the checkout's permissions are (umask 077), the user below may read, and nothing more.
RUN chmod -R u=rwX,go=rX . && python -m compileall -q actors

# Not root; what it may write is /data, where a store in a file belongs.
RUN install -d -o 10001 -g 10001 /data
USER 10001:10001

ENTRYPOINT ["python", "stocksim.py"]
CMD ["scenarios/peak_load.yaml"]
