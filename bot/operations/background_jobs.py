"""What runs beside the answering of questions, for as long as the bot runs."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

logger = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def alongside(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run jobs while the context is open; one that fails is logged and missed, and everything else goes on.

    Args:
        jobs: What to run; each is cancelled at the end.
    """
    tasks = [asyncio.create_task(_logged(job)) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for job in jobs:
            job.close()  # one that never had its turn


async def _logged(job: Coroutine[Any, Any, None]) -> None:
    try:
        await job
    except Exception:  # the bot answers without it
        logger.exception("%s has ended", getattr(job, "__qualname__", "A job"))
