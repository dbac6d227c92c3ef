"""The Bot API over HTTP for the bot, and the files behind it."""

import json
import re
import secrets
from collections.abc import Sequence

from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.emulator.errors import RefusedError, bad_request
from bot.emulator.methods import METHODS, find_method, parse_call
from bot.emulator.methods.method import Method, Result
from bot.emulator.objects.base import TelegramObject
from bot.emulator.web.broken_responses import ConnectionCut
from bot.emulator.world.faults import InjectedFault
from bot.emulator.world.files import Upload
from bot.emulator.world.journal import Call
from bot.emulator.world.world import World

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_ATTACHED = "attach://"


class BotApi:
    """Answers the calls of one bot."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the addresses at which Telegram answers bots."""
        return [
            Route("/file/bot{token}/{path:path}", self.download, methods=["GET"]),
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
        ]

    async def call(self, request: Request) -> Response:
        """Carry out one call, refuse it, or let a fault strike."""
        try:
            self._check(request.path_params["token"])
            name, parameters = request.path_params["method"], await _parameters(request)
        except RefusedError as refused:
            return _refusal(refused)
        except ClientDisconnect:  # the bot has gone in the middle of its call
            return Response(status_code=400)
        fault = self._world.faults.strike(_spelling(name), parameters.get("chat_id"))
        if fault is None:
            return await self._answer(name, parameters)
        whole = await self._answer_unheard(name, parameters) if fault.carried_out else None
        return await self._break(fault, whole, request, self._refusal_of(fault, name, parameters))

    async def _answer(self, name: str, parameters: dict[str, object]) -> Response:
        try:
            return JSONResponse({"ok": True, "result": _wire(await self._run(name, parameters))})
        except RefusedError as refused:
            return _refusal(refused)

    async def _answer_unheard(self, name: str, parameters: dict[str, object]) -> Response:
        whole = await self._answer(name, parameters)
        result = json.loads(bytes(whole.body)).get("result")
        if isinstance(result, dict) and "message_id" in result:
            self._world.faults.lost_answers.add((result["chat"]["id"], result["message_id"]))
        return whole

    def _refusal_of(self, fault: InjectedFault, name: str, parameters: dict[str, object]) -> RefusedError | None:
        refusal = fault.refusal()
        if not fault.carried_out:
            self._note(_spelling(name), parameters, refusal or RefusedError(0, fault.kind))
        return refusal

    async def _break(
        self, fault: InjectedFault, whole: Response | None, request: Request, refusal: RefusedError | None
    ) -> Response:
        if fault.kind == "bad_gateway":
            return HTMLResponse("<html><body>502 Bad Gateway</body></html>", status_code=502)
        if refusal:
            return _refusal(refusal)
        content = bytes(whole.body) if whole else b'{"ok":true,"result":[{"update_id":'
        if fault.kind == "malformed":
            return Response(content[: len(content) // 2], media_type="application/json")
        if fault.kind == "hang":
            await self._world.faults.hang()
        return ConnectionCut(request, content if fault.kind == "reset" else b"")

    async def download(self, request: Request) -> Response:
        """Send the content of a file."""
        try:
            self._check(request.path_params["token"])
        except RefusedError as refused:
            return _refusal(refused)
        if fault := self._world.faults.strike("download", None):
            return await self._break(fault, None, request, fault.refusal())
        stored = self._world.files.at(request.path_params["path"])
        if stored is None:
            return _refusal(RefusedError(404, "Not Found"))
        return Response(stored.content, media_type="application/octet-stream")

    def _check(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise RefusedError(404, "Not Found")
        if not secrets.compare_digest(token, self._world.token):
            raise RefusedError(401, "Unauthorized")

    async def _run(self, name: str, parameters: dict[str, object]) -> Result:
        try:
            method = find_method(name)
            name = method.api_name()
            call = parse_call(method, parameters)
        except RefusedError as refused:
            self._note(name, parameters, refused)
            raise
        return await self._carry_out(name, call)

    async def _carry_out(self, name: str, call: Method) -> Result:
        given = {field: getattr(call, field) for field in type(call).model_fields if field in call.model_fields_set}
        place = self._note(name, given)
        try:
            return await call.run(self._world)
        except RefusedError as refused:
            noted = self._world.calls[place]
            self._world.calls[place] = noted.model_copy(update={"error": refused.description})
            raise

    def _note(self, name: str, parameters: dict[str, object], refused: RefusedError | None = None) -> int:
        error = refused.description if refused else None
        self._world.calls.append(Call(method=name, parameters=parameters, error=error))
        self._world.bell.ring()
        return len(self._world.calls) - 1


def _spelling(name: str) -> str:
    """Return a method's name as the Bot API spells it; an unknown name stays as it is."""
    return METHODS[name.lower()].api_name() if name.lower() in METHODS else name


def _wire(result: TelegramObject | Sequence[TelegramObject] | bool) -> object:
    if isinstance(result, bool):
        return result
    return result.wire() if isinstance(result, TelegramObject) else [item.wire() for item in result]


def _refusal(refused: RefusedError) -> JSONResponse:
    body: dict[str, object] = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return JSONResponse(body, status_code=refused.code)


async def _parameters(request: Request) -> dict[str, object]:
    given: dict[str, object] = dict(request.query_params)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json":
        return given | await _from_json(request)
    async with request.form(max_part_size=16 * 1024 * 1024) as form:
        return given | await _from_form(form)


async def _from_json(request: Request) -> dict[str, object]:
    try:
        given = await request.json()
    except ValueError:
        raise bad_request("can't parse request body as JSON") from None
    if not isinstance(given, dict):
        raise bad_request("expected a JSON object")
    return {str(name): value for name, value in given.items() if value is not None}


async def _from_form(form: FormData) -> dict[str, object]:
    given = {
        name: await _read_upload(value) if isinstance(value, UploadFile) else value for name, value in form.items()
    }
    uploads = {f"{_ATTACHED}{name}": value for name, value in given.items() if isinstance(value, Upload)}
    taken = {
        str(value).removeprefix(_ATTACHED) for value in given.values() if isinstance(value, str) and value in uploads
    }
    return {
        name: uploads.get(value, value) if isinstance(value, str) else value
        for name, value in given.items()
        if name not in taken
    }


async def _read_upload(file: UploadFile) -> Upload:
    return Upload(content=await file.read(), name=file.filename, mime_type=file.content_type)
