"""A real S3 over HTTP for tests: moto's server in a thread, one bucket per test."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

KEY_ID = "test"
SECRET = "test"  # moto takes any; nothing outside this process listens to it
REGION = "us-east-1"


@dataclass(frozen=True)
class S3Server:
    """Where the S3 of this test process answers."""

    endpoint: str

    def options(self) -> dict[str, Any]:
        """What ``obstore.store.from_url("s3://bucket", **options)`` needs to reach it."""
        return {
            "endpoint": self.endpoint,
            "access_key_id": KEY_ID,
            "secret_access_key": SECRET,
            "region": REGION,
            # Not beside the others: obstore 0.12 panics on a client option among the store's.
            "client_options": {"allow_http": True},
        }

    def create_bucket(self) -> str:
        """Make an empty bucket and return its name."""
        import boto3

        name = f"weike-{uuid4().hex[:12]}"
        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
            region_name=REGION,
        )
        client.create_bucket(Bucket=name)
        return name


@contextlib.contextmanager
def running_server() -> Iterator[S3Server]:
    """Serve S3 on a free port of 127.0.0.1 until the block ends."""
    # Imported here: it takes 3 s, which only the tests that use it should pay.
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line per request drowns a failing test's log
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield S3Server(endpoint=f"http://{host}:{port}")
    finally:
        server.stop()
