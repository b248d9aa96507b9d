# SPDX-License-Identifier: MIT
"""Settings shared by the Python tests."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# A slow machine is no counter-example; in CI the same examples are drawn every time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# Pictures are drawn without a screen.
os.environ.setdefault("MPLBACKEND", "Agg")

# A job started in the background inherits SIGINT as ignored; the tests of Ctrl-C need Python's own answer to it.
signal.signal(signal.SIGINT, signal.default_int_handler)
