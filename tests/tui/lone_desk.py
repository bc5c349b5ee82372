"""`python -m tests.tui.lone_desk [borrowed]`: the app on a scripted peer in a real terminal, to test its begin and end."""

from __future__ import annotations

import fcntl
import sys
import termios

from tests.tui import boards
from tests.tui.desk import scripted_app
from tests.tui.scripted import ScriptedPeer

if __name__ == "__main__":
    if sys.argv[1:] != ["borrowed"]:
        # As a shell would have it: the terminal is this session's, so that closing it is told to the program.
        fcntl.ioctl(sys.stdin.fileno(), termios.TIOCSCTTY, 0)
    app = scripted_app(ScriptedPeer(boards.small()))
    app.run()
    sys.exit(app.return_code)
