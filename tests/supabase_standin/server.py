"""Runs the stand-in for a Supabase project on a socket of this machine, over a database that is already there."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from typing import Any

import jwt
import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse

from tests.supabase_standin.auth import Auth
from tests.supabase_standin.rest import Rest
from tests.supabase_standin.storage import Storage


class Gateway:
    """What stands before the services of a project: no request passes without the project's key."""

    def __init__(self, app: Any, anon_key: str) -> None:
        self._app = app
        self._anon_key = anon_key

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            key = dict(scope["headers"]).get(b"apikey", b"").decode()
            if key != self._anon_key:
                message = "Invalid API key" if key else "No API key found in request"
                hint = "Double check your Supabase `anon` or `service_role` API key."
                await JSONResponse({"message": message, "hint": hint}, 401)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Standin:
    """A project of its own over one database; `stop` ends it as if the network were gone."""

    def __init__(self, owner_conninfo: str) -> None:
        secret = secrets.token_hex(32)
        now = int(time.time())
        claims = {"iss": "supabase", "ref": "standin", "role": "anon", "iat": now, "exp": now + 86_400}
        self.anon_key = jwt.encode(claims, secret, algorithm="HS256")
        self.auth = Auth(owner_conninfo, secret)
        self._rest = Rest(psycopg.conninfo.make_conninfo(owner_conninfo, user="authenticator"), secret)
        self.storage = Storage(owner_conninfo, secret)
        app = Starlette(
            routes=[*self.auth.routes, *self._rest.routes, *self.storage.routes],
            middleware=[Middleware(Gateway, anon_key=self.anon_key)],
        )
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()
        self._rest.close()
