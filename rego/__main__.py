"""`python -m rego` is the `rego` command."""

from __future__ import annotations

import sys

from rego.cli.main import main

sys.exit(main())
