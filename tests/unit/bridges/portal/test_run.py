import json
import threading
from pathlib import Path

import httpx
import pytest

from bridges.portal.run import bind, run_portal
from clinic_app.model.errors import EnvironmentFault
from tests.unit.bridges.portal.house import House, make_store, read_resource, words_for


def test_a_port_in_use_is_named() -> None:
    with bind("127.0.0.1", 0) as listener:
        with pytest.raises(EnvironmentFault) as fault:
            bind("127.0.0.1", listener.getsockname()[1])
        assert fault.value.code == "PORT-IN-USE"
    with pytest.raises(EnvironmentFault) as fault:
        bind("192.0.2.1", 0)
    assert fault.value.code == "PORT-REFUSED"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_says_where_once_it_answers_and_stops_when_told(tmp_path: Path, host: str) -> None:
    ready, stop, said = threading.Event(), threading.Event(), []

    def on_ready(url: str) -> None:
        said.append(url)
        ready.set()

    with make_store(tmp_path) as store:
        house = House(store)
        thread = threading.Thread(
            target=run_portal,
            args=(store, host, 0, on_ready, words_for, house.clock, read_resource),
            kwargs={"stop": stop},
        )
        thread.start()
        try:
            assert ready.wait(20)
            reply = httpx.get(f"{said[0]}/fhir/metadata", trust_env=False)
            assert json.loads(reply.content)["resourceType"] == "CapabilityStatement"
            assert "server" not in reply.headers
        finally:
            stop.set()
            thread.join(20)
        assert not thread.is_alive()
