"""Jobs that run beside the answering of questions, as long as the bot runs."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def alongside(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run jobs while the context is open; a job that fails is logged, and the others go on."""
    tasks = [asyncio.create_task(_log_failure(job)) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for job in jobs:
            job.close()  # one that never had its turn


async def _log_failure(job: Coroutine[Any, Any, None]) -> None:
    try:
        await job
    except Exception:  # the bot answers without it
        logger.exception("%s has ended", getattr(job, "__qualname__", "A job"))
