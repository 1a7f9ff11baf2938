"""An agency's system that writes what is no submission, as fast as it can."""

import json
import threading
import time
from typing import Any, Self

from agency_access.access import Access
from chassis.testing import Stack
from confluent_kafka import KafkaError, KafkaException, Message, Producer

_JUNK = b"no submission " * 500  # 7 KB
_QUEUE = 10_000  # messages that it has always ready


class Flood:
    """`held_back`: milliseconds for which the broker let it wait, at most; `refused`: messages without right."""

    def __init__(self, access: Access, secret: str) -> None:
        stack = Stack.running()
        self.held_back, self.refused = 0, 0
        self._topic = access.writes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)
        settings: dict[str, Any] = {
            "bootstrap.servers": stack.endpoints["kafka"]["client"],
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanisms": "OAUTHBEARER",
            "sasl.oauthbearer.method": "oidc",
            "sasl.oauthbearer.client.id": access.client_id,
            "sasl.oauthbearer.client.secret": secret,
            "sasl.oauthbearer.token.endpoint.url": f"{stack.issuer}/protocol/openid-connect/token",
            "batch.size": 32_768,
            "queue.buffering.max.messages": _QUEUE,
            "statistics.interval.ms": 200,
            "stats_cb": self._measured,
            "log_level": 0,
        }
        self._producer = Producer(settings)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._producer.purge()
        self._producer.flush(10)

    @property
    def waits(self) -> int:
        """Messages that it would write now and is not let."""
        return len(self._producer)

    def wait_until_held_back(self, seconds: float) -> None:
        self._wait(lambda: self.held_back > 0, seconds, "the broker never held it back")

    def wait_until_refused(self, seconds: float) -> None:
        self._wait(lambda: self.refused > 0, seconds, "the broker never refused it")

    def _wait(self, happened: Any, seconds: float, otherwise: str) -> None:
        until = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < until, otherwise
            time.sleep(0.1)

    def _write(self) -> None:
        while not self._stop.is_set():
            try:
                self._producer.produce(self._topic, _JUNK, on_delivery=self._delivered)
                self._producer.poll(0)
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as error:
                self._delivered(error.args[0])
                self._producer.poll(0.1)

    def _delivered(self, error: KafkaError | None, _: Message | None = None) -> None:
        if error and error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            self.refused += 1

    def _measured(self, statistics: str) -> None:
        brokers = json.loads(statistics)["brokers"].values()
        self.held_back = max(self.held_back, *(broker.get("throttle", {}).get("max", 0) for broker in brokers))
