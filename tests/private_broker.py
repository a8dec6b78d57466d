"""A RabbitMQ of the tests' own, from the Debian package, with its management page.

Everything that it would share with the machine's own broker is moved: its folders, its cookie
(in HOME), its ports, and its port mapper (epmd), which runs in the same process group.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pika
from pika.exceptions import AMQPError
from private_server import PrivateServer, ServerMissing, free_ports

__all__ = ["PrivateBroker"]

# Not the script in sbin, which insists on the package's own user.
SCRIPT: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")

CONFIG: Final = """\
listeners.tcp.1 = 127.0.0.1:{port}
management.tcp.ip = 127.0.0.1
management.tcp.port = {page_port}
log.console = true
disk_free_limit.absolute = 20MB
raft.wal_max_size_bytes = 67108864
"""


class PrivateBroker(PrivateServer):
    """RabbitMQ at `url`, guest/guest; its management page and HTTP API at `page_url`."""

    name = "rabbitmq"
    stop_signal = signal.SIGTERM
    end_signal = signal.SIGKILL  # a clean stop takes seconds, and there is nothing to keep

    def __init__(self) -> None:
        if not SCRIPT.exists():
            raise ServerMissing("RabbitMQ is not installed: apt-get install rabbitmq-server")
        super().__init__()
        self.port, self.page_port, self._epmd_port, self._peer_port = free_ports(4)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/%2F"
        self.page_url = f"http://127.0.0.1:{self.page_port}"
        config = CONFIG.format(port=self.port, page_port=self.page_port)
        (self.folder / "rabbitmq.conf").write_text(config)
        (self.folder / "plugins").write_text("[rabbitmq_management].\n")

    def command(self) -> list[str]:
        """The port mapper beside the broker, in one process group."""
        both = f'epmd -port {self._epmd_port} -address 127.0.0.1 & exec "{SCRIPT}"'
        return ["sh", "-c", both]

    def environment(self) -> Mapping[str, str]:
        """Everything of its own: folders, files, ports and names."""
        folder = str(self.folder)
        return {
            "HOME": folder,
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/rabbitmq-env.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_NODENAME": f"stocksim{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._peer_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("-kernel inet_dist_use_interface {127,0,0,1}"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RUNNING_UNDER_SYSTEMD": "1",  # the script becomes the broker: signals reach it
        }

    def answers(self) -> bool:
        """Whether a connection opens: the port listens before the broker is ready."""
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()  # pika logs in many lines
            pika.BlockingConnection(pika.URLParameters(self.url)).close()
        except (AMQPError, OSError):
            return False
        return True
