"""Jobs that run beside the answering of questions, as long as the bot runs."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

Job = Callable[[], Coroutine[Any, Any, object]]
logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def alongside(*jobs: Job) -> AsyncIterator[None]:
    """Run jobs while the context is open; a job that fails is logged, and the others go on."""
    tasks = [asyncio.create_task(_log_failure(job)) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _log_failure(job: Job) -> None:
    try:
        await job()
    except Exception:  # the bot answers without it
        logger.exception("%s has ended", getattr(job, "__qualname__", "A job"))
