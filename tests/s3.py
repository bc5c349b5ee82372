"""A server that speaks S3, with an empty bucket: moto's, in a thread."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

from moto.server import ThreadedMotoServer

from rego_server.core.settings import Settings


@contextmanager
def start_s3() -> Iterator[str]:
    """Gives its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(url: str) -> str:
    """Makes a bucket and gives its name."""
    name = f"rego-{uuid4().hex}"
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    connection.request("PUT", f"/{name}")
    assert connection.getresponse().status == 200
    connection.close()
    return name


def in_bucket(settings: Settings, url: str) -> Settings:
    """`settings` of a server that keeps files in a bucket of its own."""
    return replace(
        settings,
        blob_store=f"s3://{new_bucket(url)}/rego/files",
        s3_endpoint=url,
        s3_region="us-east-1",
        s3_access_key="key",
        s3_secret_key="secret",
    )
