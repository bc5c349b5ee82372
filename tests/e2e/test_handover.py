"""`rego serve` on the data of local mode: it takes over, local commands go on through it, and it gives the data back after."""

from __future__ import annotations

from tests.e2e.home import Home
from tests.ports import free_port


def test_serve_takes_over_and_gives_back(home: Home) -> None:
    assert home.rego("boards", "add", "Ops").returncode == 0
    assert home.beacon["background"] is True

    with home.serving(port=free_port()) as server:
        assert home.server_pid == server.process.pid
        listed = home.rego("boards", "list", "--quiet")
        assert (listed.returncode, listed.stdout) == (0, "OPS\n")
        assert home.rego("boards", "add", "Made while serving").returncode == 0
        assert server.stop() == 0
    assert not (home.data / "local.json").exists()

    listed = home.rego("boards", "list", "--quiet")
    assert sorted(listed.stdout.split()) == ["MWS", "OPS"]
    assert home.beacon["background"] is True


def test_a_second_serve_is_refused_and_harms_nothing(home: Home) -> None:
    with home.serving(port=free_port()) as server:
        second = home.rego("serve", "--port", "0")
        assert second.returncode == 1
        assert second.stderr == (
            f"rego: Another Rego server works on the data in {home.data}; stop it or choose another --data-dir.\n"
        )
        assert home.rego("boards", "list").returncode == 0
        assert server.stop() == 0


def test_what_is_kept_is_readable_by_its_owner_alone(home: Home) -> None:
    home.rego("boards", "list")
    modes = {path.name: path.stat().st_mode & 0o077 for path in home.data.iterdir()}
    assert {"local.json", "rego.db", "rego.sock", "secret.key"} <= modes.keys()
    assert set(modes.values()) == {0}
