"""Plain: what a function answered, as JSON values."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any


def plain(answer: Any) -> dict[str, Any]:
    """A dataclass, a mapping or a list as a JSON object; an answer that has its own `plain()` is asked for it."""
    if hasattr(answer, "plain"):
        told: dict[str, Any] = answer.plain()
        return told
    if is_dataclass(answer) and not isinstance(answer, type):
        return asdict(answer)
    if isinstance(answer, Mapping):
        return dict(answer)
    return {"result": [plain(one) for one in answer] if isinstance(answer, list | tuple) else answer}
