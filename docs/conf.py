# SPDX-License-Identifier: MIT
"""Sphinx configuration."""

from __future__ import annotations

import importlib.metadata

project = "meio"
author = "The meio developers"
copyright = "2026, The meio developers"
release = importlib.metadata.version("meio")

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_build"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
# The programs in the pages are run by the tests; the pages themselves build without running anything.
nb_execution_mode = "off"

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"meio {release}"
