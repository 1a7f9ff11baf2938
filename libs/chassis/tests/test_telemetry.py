"""What libraries log is not said forty times a second."""

import logging
from types import SimpleNamespace

import pytest
from chassis import telemetry


def test_aiokafka_is_heard_once_in_five_seconds_and_every_other_library_always(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seldom, passed = telemetry._Seldom("aiokafka"), []
    for second in range(100, 112):
        monkeypatch.setattr(telemetry, "time", SimpleNamespace(monotonic=lambda second=second: second))
        for name in ("aiokafka.producer.sender", "aiokafka", "uvicorn.error"):
            record = logging.makeLogRecord({"name": name})
            passed += [(second, name)] if seldom.filter(record) else []
    assert [second for second, name in passed if name.startswith("aiokafka")] == [100, 105, 110]
    assert [second for second, name in passed if name == "uvicorn.error"] == list(range(100, 112))
