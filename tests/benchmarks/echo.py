"""The peer of the throughput benchmark: the smallest bot there is, which says back what it hears."""

import os

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say it back."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text, do_quote=True)


def main() -> None:
    """Poll until stopped."""
    url, token = os.environ["POLICYDESK_TELEGRAM_URL"], os.environ["POLICYDESK_TELEGRAM_TOKEN"]
    application = ApplicationBuilder().token(token).base_url(f"{url}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main()
