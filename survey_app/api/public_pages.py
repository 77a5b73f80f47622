"""The light public side's pages: HTML files whose few {{tokens}} the server fills."""

from __future__ import annotations

import gzip
import html
from collections.abc import Callable

import segno
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from survey_app.api.patience import asked_patiently
from survey_app.api.throttle import Throttle, address_of
from survey_app.api.webform_files import WebformFiles, compressed_answer
from survey_app.database import Database, Unavailable
from survey_app.messages import text
from survey_app.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
}


class PublicPages:
    """The pages of one installation."""

    def __init__(
        self,
        files: WebformFiles,
        database: Database,
        settings: Settings,
        wrong_codes: Throttle,
        demonstration_accounts: Callable[[], str],
    ) -> None:
        self._files = files
        self._database = database
        self._settings = settings
        self._wrong_codes = wrong_codes
        self._demonstration_accounts = demonstration_accounts
        self._demonstration: bool | None = None

    async def home(self, request: Request) -> Response:
        return await self._page(request, "home.html")

    async def join(self, request: Request) -> Response:
        code = request.path_params.get("code", "")
        preload = ""
        if len(code) == 6 and code.isascii() and code.isdigit():
            preload = f'<link rel="preload" href="/api/consultations/{code}" as="fetch" crossorigin>'
        return await self._page(request, "join.html", preload=preload)

    async def feedback(self, request: Request) -> Response:
        return await self._page(request, "feedback.html")

    async def withdraw(self, request: Request) -> Response:
        return await self._page(request, "withdraw.html")

    async def sign_in(self, request: Request) -> Response:
        accounts = self._demonstration_accounts() if await self._is_demonstration() else ""
        return await self._page(request, "sign-in.html", demonstration_accounts=accounts)

    async def sign_out(self, request: Request) -> Response:
        return await self._page(request, "sign-out.html")

    async def poster(self, request: Request) -> Response:
        code = request.path_params["code"]
        address = address_of(request)
        if self._wrong_codes.is_exhausted(address):
            return await self._page(request, "not-found.html", status=429)
        rows = []
        if len(code) == 6 and code.isascii() and code.isdigit():
            try:
                rows = await run_in_threadpool(self._database.call, "consultation_by_code", code=code)
            except Unavailable:
                return await self.not_found(request)
            if not rows:
                self._wrong_codes.miss(address)
        if not rows:
            return await self.not_found(request)
        found = rows[0]["consultation"]
        url = f"{self.base_url(request)}/join/{code}"
        # Drawn in one path without styles of its own, so that it passes the content security policy.
        try:
            code_square = segno.make(url, error="m")
        except segno.DataOverflowError:
            # No address of ours is thousands of characters long: somebody made up the name of the host.
            return await self.not_found(request)
        qr_svg = code_square.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None, light="#fff")
        place = ", ".join(part for part in (found["school"], found["commune"]["name"]) if part)
        return await self._page(
            request,
            "poster.html",
            code=f"{code[:3]} {code[3:]}",
            qr_svg=qr_svg,
            join_url=html.escape(url),
            title=html.escape(place),
        )

    async def not_found(self, request: Request, _error: Exception | None = None) -> Response:
        return await self._page(request, "not-found.html", status=404)

    async def staff(self, _request: Request) -> Response:
        return RedirectResponse("/staff/", 308)

    async def file(self, request: Request) -> Response:
        return self._files.answer(request, request.path_params["name"])

    async def service_worker(self, request: Request) -> Response:
        answer = self._files.answer(request, "sw.js")
        answer.headers["Service-Worker-Allowed"] = "/"
        return answer

    async def manifest(self, request: Request) -> Response:
        return self._files.answer(request, "manifest.webmanifest")

    def base_url(self, request: Request) -> str:
        """The address that tablets reach this instance at."""
        if self._settings.public_url:
            return self._settings.public_url
        scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
        return f"{scheme}://{request.headers.get('host', '')}"

    async def _page(self, request: Request, name: str, status: int = 200, **tokens: str) -> Response:
        is_demonstration = await self._is_demonstration()
        page = self._files.texts[name].replace("{{demonstration}}", str(is_demonstration).lower())
        page = page.replace("<!-- {{preload}} -->", tokens.pop("preload", ""))
        for token, value in tokens.items():
            page = page.replace("{{" + token + "}}", value)
        content = page.encode()
        headers = {
            **SECURITY_HEADERS,
            "Cache-Control": "no-cache",
            "Content-Type": "text/html; charset=utf-8",
            "Vary": "Accept-Encoding",
        }
        return compressed_answer(request, content, gzip.compress(content, 6), headers, status)

    async def _is_demonstration(self) -> bool:
        if self._demonstration is None:
            try:
                found = await asked_patiently(
                    self._database.read, "setting", columns=["value"], where={"name": "demonstration"}
                )
            except (Unavailable, TimeoutError):
                return False
            self._demonstration = bool(found["value"].tolist() == [True])
        return self._demonstration


def accounts_fragment(accounts: list[tuple[str, str, str]], request_language: str = "vi") -> str:
    """The demonstration accounts (role, e-mail, password) as an HTML list."""
    lines = "".join(
        f"<li><b>{html.escape(text('api', request_language, 'role.' + role))}</b> "
        f"<code>{html.escape(email)}</code> <code>{html.escape(password)}</code></li>"
        for role, email, password in accounts
    )
    return f"<ul>{lines}</ul>"
