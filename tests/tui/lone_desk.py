"""`python -m tests.tui.lone_desk`: the app on a scripted peer in a real terminal, for tests of how it begins and ends."""

from __future__ import annotations

import fcntl
import sys
import termios

from tests.tui import boards
from tests.tui.desk import scripted_app
from tests.tui.scripted import ScriptedPeer

if __name__ == "__main__":
    # As a shell would have it: the terminal is this session's, so that closing it is told to the program.
    fcntl.ioctl(sys.stdin.fileno(), termios.TIOCSCTTY, 0)
    app = scripted_app(ScriptedPeer(boards.small()))
    app.run()
    sys.exit(app.return_code)
