"""What a client is set to, and who said so: flags, then `REGO_*`, then the directory's `.rego.toml`, then the user's file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from rego.client.config import Table, directory_file, read_toml, table_in, text_in
from rego.client.paths import Paths
from rego.client.server import Server
from rego.wire.errors import InvalidInput, NotFound


class Setting(Struct, frozen=True, kw_only=True):
    """One setting. `variables` are read in their order; `shared` ones may stand in a directory's file, whose writer is believed
    about the board that belongs to the directory, and never about what is run on this machine. `one_of` are all the values that
    there are, where they can be told here."""

    name: str
    help: str
    variables: tuple[str, ...]
    shared: bool = False
    default: str | None = None
    one_of: tuple[str, ...] = ()

    def check(self, value: str) -> None:
        """Raise `InvalidInput` for a value that it cannot have."""
        if self.name == "server":
            Server.parse(value)
        if self.one_of and value not in self.one_of:
            raise InvalidInput(f"{self.name} must be one of {', '.join(self.one_of)}, not {value!r}.", field=self.name)


SWITCH = ("on", "off")

SETTINGS = (
    Setting(name="profile", help="Which of the profiles in your file to use.", variables=("REGO_PROFILE",)),
    Setting(name="server", help="The server; without one Rego works on this machine.", variables=("REGO_SERVER",), shared=True),
    Setting(name="board", help="The board of commands that name none.", variables=("REGO_BOARD",), shared=True),
    Setting(name="start", help="The column of 'rego cards start'.", variables=("REGO_START",), shared=True),
    Setting(
        name="color",
        help="Colours: always, never or auto.",
        variables=("REGO_COLOR",),
        default="auto",
        one_of=("always", "never", "auto"),
    ),
    Setting(name="editor", help="What edits long text.", variables=("REGO_EDITOR", "VISUAL", "EDITOR"), default="vi"),
    Setting(name="pager", help="What shows long text.", variables=("REGO_PAGER", "PAGER"), default="less -FR"),
    Setting(name="theme", help="The colours of the board.", variables=("REGO_THEME",), default="rego-dark"),
    Setting(
        name="density",
        help="How much of each card the board shows.",
        variables=("REGO_DENSITY",),
        default="normal",
        one_of=("compact", "normal", "full"),
    ),
    Setting(
        name="notify",
        help="How you hear that somebody means you: in the app, with the bell, or by the terminal (OSC 9).",
        variables=("REGO_NOTIFY",),
        default="app",
        one_of=("app", "bell", "osc9", "off"),
    ),
    Setting(
        name="mouse",
        help="Whether the board takes the mouse; off leaves it to the terminal.",
        variables=("REGO_MOUSE",),
        default="on",
        one_of=SWITCH,
    ),
    Setting(
        name="animation",
        help="Whether things glide; auto does not over SSH.",
        variables=("REGO_ANIMATION",),
        default="auto",
        one_of=("auto", *SWITCH),
    ),
    Setting(
        name="confirm_quit",
        help="Whether quitting wants the key twice.",
        variables=("REGO_CONFIRM_QUIT",),
        default="off",
        one_of=SWITCH,
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


class Choice(Struct, frozen=True):
    """A value, and where it was said: in the words of a sentence. `by_directory` is whether a directory's file said it."""

    value: str
    source: str
    by_directory: bool = False


class Layer(Struct, frozen=True):
    """Everything that one file says. What it says of boards holds on `server` (None for local mode), or `anywhere`."""

    source: str
    values: Mapping[str, str]
    server: str | None = None
    anywhere: bool = False
    by_directory: bool = False


class Choices:
    """The settings of one run. Files are read when something asks for what only they can say."""

    def __init__(
        self,
        paths: Paths,
        flags: Mapping[str, str | None] | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        self._paths = paths
        self._flags = {name: value for name, value in (flags or {}).items() if value}
        self._environ = os.environ if environ is None else environ
        self._directory = directory

    def value(self, name: str) -> str | None:
        """The setting's value, or None when nobody said one and it has no default."""
        choice = next(self.all_of(name), None)
        return choice.value if choice else None

    def all_of(self, name: str) -> Iterator[Choice]:
        """Everything that was said of a setting; the first is in force."""
        setting = BY_NAME[name]
        if name in self._flags:
            yield Choice(self._flags[name], f"the flag --{name}")
        for variable in setting.variables:
            if value := self._environ.get(variable):
                yield Choice(value, variable)
        for layer in self._files_for(setting):
            if value := layer.values.get(name):
                yield Choice(value, layer.source, layer.by_directory)
        if setting.default is not None:
            yield Choice(setting.default, "the default")

    @property
    def server(self) -> Server | None:
        """The server to speak to; None means local mode.

        Raises `InvalidInput` for an address that is none, and for a token from the environment that would go to a server
        which a directory's file alone chose.
        """
        choice = next(self.all_of("server"), None)
        if choice is None:
            return None
        if choice.by_directory and self._environ.get("REGO_TOKEN"):
            raise InvalidInput(
                f"REGO_TOKEN is set, but the server comes from {choice.source}: set REGO_SERVER too, to say whose token it is."
            )
        try:
            return Server.parse(choice.value)
        except InvalidInput as error:
            raise InvalidInput(f"{error.detail} It comes from {choice.source}.") from None

    def servers(self) -> Iterator[tuple[str | None, str]]:
        """Every server that was said, as (profile, address): the one in force first, those of the profiles last."""
        for choice in self.all_of("server"):
            yield None, choice.value
        path = self._paths.config_file
        for name in table_in(self._own, "profiles", path):
            values = _values(table_in(table_in(self._own, "profiles", path), name, path), path)
            if "server" in values:
                yield name, values["server"]

    @property
    def profile_name(self) -> str | None:
        """The name of the profile that is asked for, which need not be there yet; None for the top of the user's file."""
        own = text_in(self._own, "profile", self._paths.config_file)
        return self._flags.get("profile") or self._environ.get("REGO_PROFILE") or own

    @property
    def profile(self) -> str | None:
        """The profile in force. Raises `NotFound` for one that is not there."""
        name = self.profile_name
        if name is not None and name not in (known := table_in(self._own, "profiles", self._paths.config_file)):
            raise NotFound(
                f"There is no profile {name!r} in {self._paths.config_file}: there are {', '.join(sorted(known)) or 'none'}. "
                f"'rego login --profile {name} --server URL' makes one."
            )
        return name

    def unknown(self) -> Iterator[str]:
        """A sentence for each key in the files that no setting has, or that a directory's file may not say."""
        if (path := directory_file(self._directory or Path.cwd())) is not None:
            for name in read_toml(path):
                if name in BY_NAME and not BY_NAME[name].shared:
                    yield f"{path} says {name}, which only your own file may say."
                elif name not in BY_NAME:
                    yield _no_setting(path, name)
        path = self._paths.config_file
        yield from (_no_setting(path, name) for name in self._own if name not in BY_NAME and name != "profiles")
        for profile, table in table_in(self._own, "profiles", path).items():
            if isinstance(table, dict):
                yield from (_no_setting(path, name, profile) for name in table if name not in BY_NAME)

    def _files_for(self, setting: Setting) -> Iterator[Layer]:
        """The files' layers, without those that speak of another server's boards."""
        for layer in self._files(shared=setting.shared):
            if setting.name not in ("board", "start") or layer.anywhere or self._is_in_force(layer.server):
                yield layer

    def _is_in_force(self, address: str | None) -> bool:
        chosen = self.value("server")
        if address is None or chosen is None:
            return address is chosen
        try:
            return Server.parse(address) == Server.parse(chosen)
        except InvalidInput:
            return address == chosen

    def _files(self, *, shared: bool) -> Iterator[Layer]:
        if shared and (here := self._here) is not None:
            yield here
        path, name = self._paths.config_file, self.profile
        top = _values(self._own, path)
        if name is not None:
            table = table_in(table_in(self._own, "profiles", path), name, path)
            values = _values(table, path)
            yield Layer(f"the profile {name} in {path}", values, values.get("server") or top.get("server"))
        yield Layer(str(path), top, top.get("server"))

    @cached_property
    def _own(self) -> Table:
        return read_toml(self._paths.config_file)

    @cached_property
    def _here(self) -> Layer | None:
        path = directory_file(self._directory or Path.cwd())
        if path is None:
            return None
        values = {name: value for name, value in _values(read_toml(path), path).items() if BY_NAME[name].shared}
        return Layer(str(path), values, values.get("server"), anywhere="server" not in values, by_directory=True)


def _no_setting(path: Path, name: str, profile: str | None = None) -> str:
    from difflib import get_close_matches

    meant = get_close_matches(name, BY_NAME, 1)
    where = f"{path} says {name}" + (f" of the profile {profile}" if profile else "")
    return f"{where}, which is no setting" + (f"; did you mean {meant[0]}?" if meant else ".")


def _values(table: Table, path: Path) -> dict[str, str]:
    return {name: value for name in BY_NAME if (value := text_in(table, name, path))}
