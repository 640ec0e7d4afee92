"""One JSON line an event on standard error: ids, codes and counts, never a person's data."""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog

MOST_FRAMES = 12


def configure(*, as_json: bool) -> None:
    """For the life of the process; loggers are bound once, which makes a line three times cheaper."""
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            where_it_failed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutWords("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def where_it_failed(
    logger: object,  # noqa: ARG001 - structlog's signature
    name: str,  # noqa: ARG001
    event: MutableMapping[str, Any],
) -> MutableMapping[str, Any]:
    """A failure as kinds and places. What an exception says may be what somebody typed: pydantic quotes its input,
    PostgreSQL the row, an HTTP parser the header with the token."""
    if event.pop("exc_info", None) and (failure := sys.exc_info()[1]) is not None:
        event["exception"] = way_to(failure)
    return event


class WithoutWords(logging.Formatter):
    """The same for what libraries log themselves."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        return way_to(ei[1])


def way_to(failure: BaseException) -> str:
    """Every exception of the chain with the calls that led to it, outermost first."""
    return " <- ".join(_links(failure))


def _links(failure: BaseException) -> Iterator[str]:
    link: BaseException | None = failure
    while link is not None:
        frames = traceback.extract_tb(link.__traceback__)[-MOST_FRAMES:]
        way = " > ".join(
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames
        )
        yield f"{type(link).__qualname__} at {way}"
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
