"""Dagster's home: one instance for the command, the UI and the schedules, kept in the lake unless told otherwise."""

import os
from pathlib import Path

from aios_assets.disk import make_folder
from aios_assets.settings import Settings

CONFIGURATION = """\
telemetry:
  enabled: false
nux:
  enabled: false
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
  max_resume_run_attempts: 0
run_retries:
  enabled: true
  max_retries: 1
  retry_on_asset_or_op_failure: false
"""
"""A step that fails says by itself whether it is worth another try (storage) or not (a refusal)."""


LOCATION = "aios"
"""What Dagster and lineage call the place that the stages' code is loaded from."""

WORKSPACE = f"""\
load_from:
  - python_module:
      module_name: aios_assets.definitions
      location_name: {LOCATION}
"""

OURS = {".dagster/repository": f"__repository__@{LOCATION}"}
"""Tag of a run that Dagster's pages count among a job's; runs that they launch have it, those of a command need it told."""


def prepare(settings: Settings) -> Path:
    """The instance's folder, made where it is missing; DAGSTER_HOME wins. Sets DAGSTER_HOME for what starts from here."""
    home = Path(os.environ.get("DAGSTER_HOME") or settings.lake_folder / "_dagster")
    if not home.is_dir():
        make_folder(home)
    for name, content in (("dagster.yaml", CONFIGURATION), ("workspace.yaml", WORKSPACE)):
        if not (home / name).exists():
            (home / name).write_text(content, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    # Processes that Dagster starts work on the same lake, wherever they run.
    os.environ["AIOS_LAKE"] = str(settings.lake_folder)
    os.environ["AIOS_KEYS"] = str(settings.keys_folder)
    os.environ["AIOS_PROFILE"] = settings.policy.profile
    return home
