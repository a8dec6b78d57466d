"""One scenario over many processes, with RabbitMQ between them.

    both/      connections, queues and the wire format, which the run and its workers share
    run/       the run's process: `backend.py` is what a `Simulation` takes
    worker/    a worker's process: `session.py` is its work on one run

A worker dies: `run/supervisor.py` notices and replaces it, `worker/acknowledger.py` has why no
order is lost with it. The run dies: `run/stored_run.py` and `run/resume.py`. The broker goes away:
`both/link.py` and `both/publisher.py`. The database goes away: `actors/stores`.
"""
