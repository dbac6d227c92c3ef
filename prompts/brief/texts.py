"""A brief as Markdown or as a page that prints."""

from prompts.brief.document import BriefDocument
from prompts.documents.export_document import fill_in_document


def brief_text(form: str, document: BriefDocument, command: str) -> str:
    """Return a brief as a text that holds its proof record.

    Args:
        form: `html` or `md`.
        document: The brief.
        command: The command that checks it.
    """
    verify = document.words["verify"].format(command=command)
    return fill_in_document(f"brief.{form}.j2", brief=document, verify=verify)
