"""What every test shares: which resources may be missing, what is said when they are, and what CI does not forgive.

A test that needs a program or a folder carries its marker (`opa`, `chromium`, `shared`, …). Where that is missing the test
is skipped with one sentence. `AIOS_REQUIRE=opa,…` names what may not be missing: a test with such a marker that is
skipped all the same counts as failed, and so does a whole session in which no test with that marker ran.
"""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
TRITON = Path(__file__).resolve().parents[1] / ".tools" / "triton" / "bin" / "tritonserver"
RESOURCES = {
    "opa": ("the program opa is not on the PATH", lambda: shutil.which("opa") is not None),
    "chromium": ("the browser chromium is not on the PATH", lambda: shutil.which("chromium") is not None),
    "libreoffice": ("the program soffice is not on the PATH", lambda: shutil.which("soffice") is not None),
    "triton": ("no Triton server is in .tools (`deploy/bring triton` puts one there)", TRITON.is_file),
    "shared": (f"the shared folder is not at {SHARED}", SHARED.is_dir),
}
REQUIRED = frozenset(os.environ.get("AIOS_REQUIRE", "").replace(",", " ").split())

# How long an example takes says nothing on a shared machine; that a test ends is pytest-timeout's business.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=5_000)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=6)
if "CI" not in os.environ:  # in CI, hypothesis' own profile: the same examples every time
    hypothesis.settings.load_profile("house")

_ran: set[str] = set()


def pytest_configure(config: pytest.Config) -> None:
    if unknown := REQUIRED - RESOURCES.keys():
        raise pytest.UsageError(f"AIOS_REQUIRE names {sorted(unknown)}; known are {sorted(RESOURCES)}")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long bytes go by their argument's name: an archive's hold the hour, and every process must name a test alike."""
    return argname if isinstance(val, bytes) and len(val) > 16 else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The profile `quick` holds for every property test, also for one that asks for more examples itself."""
    quick = hypothesis.settings.get_profile("quick")
    if hypothesis.settings.default is not quick:
        return
    for item in items:
        test = getattr(item, "obj", None)
        asked = getattr(test, "_hypothesis_internal_use_settings", None)  # where @settings keeps it
        if asked is not None and asked.max_examples > quick.max_examples:
            test._hypothesis_internal_use_settings = hypothesis.settings(asked, max_examples=quick.max_examples)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if missing := _missing(item):
        pytest.skip("; ".join(RESOURCES[name][0] for name in missing))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """A test leaves the environment as it found it: `aios run` names its lake there for the processes that it starts."""
    before = dict(os.environ)
    try:
        return (yield)
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip of what is required becomes a failure, unless something else that the test needs may be missing and is."""
    report = yield
    needed = sorted(_needs(item) & REQUIRED)
    excused = any(name not in REQUIRED for name in _missing(item))
    if report.skipped and needed and not excused:
        told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped, although AIOS_REQUIRE names {', '.join(needed)}: {told}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        _ran.update(name for name in REQUIRED if name in report.keywords)


def pytest_sessionfinish(session: pytest.Session) -> None:
    silent = REQUIRED - _ran
    worker = hasattr(session.config, "workerinput")  # a pytest-xdist worker sees only its share
    if silent and not worker and not session.config.option.collectonly and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.config.stash[_SILENT] = sorted(silent)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for name in config.stash.get(_SILENT, []):
        terminalreporter.write_line(f"AIOS_REQUIRE names {name}, and no test that needs it ran", red=True)


_SILENT = pytest.StashKey[list[str]]()


def _needs(item: pytest.Item) -> set[str]:
    return {name for name in RESOURCES if item.get_closest_marker(name)}


def _missing(item: pytest.Item) -> list[str]:
    return sorted(name for name in _needs(item) if not RESOURCES[name][1]())
