"""Supabase Storage's documented HTTP: upload, download, remove, each decided by the policies on storage.objects.

Documentation: https://supabase.github.io/storage/ and https://supabase.com/docs/guides/storage/debugging/error-codes.
Only what a client of this project sends is here.
"""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import psycopg
from psycopg import sql
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SCHEMA = Path(__file__).with_name("storage.sql")


class Problem(Exception):
    """An error answer: HTTP says 400, the body says what is meant."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"statusCode": str(status), "error": error, "message": message}


class Storage:
    """The routes under /storage/v1. `owner` sees past the policies, as the service does once they have decided."""

    def __init__(self, owner: str, jwt_secret: str) -> None:
        self._owner = owner
        self._as_authenticator = psycopg.conninfo.make_conninfo(owner, user="authenticator")
        self._secret = jwt_secret
        self.contents: dict[tuple[str, str], bytes] = {}
        self.is_down = False
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(SCHEMA.read_bytes())
        self.routes = [
            Route("/storage/v1/object/{bucket}/{name}", self._guarded(self._upload), methods=["POST"]),
            Route("/storage/v1/object/{bucket}/{name}", self._guarded(self._download), methods=["GET"]),
            Route("/storage/v1/object/{bucket}", self._guarded(self._remove), methods=["DELETE"]),
        ]

    def _guarded(self, handle: Any) -> Any:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            return await run_in_threadpool(answer, request, body)

        def answer(request: Request, body: bytes) -> Response:
            if self.is_down:
                return JSONResponse(
                    {"statusCode": "503", "error": "SlowDown", "message": "Please reduce your request rate"}, 503
                )
            try:
                claims = self._claims(request)
                with psycopg.connect(self._as_authenticator) as connection:
                    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(claims["role"])))
                    connection.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))
                    response: Response = handle(connection, request, body)
                    return response
            except Problem as problem:
                return JSONResponse(problem.body, 413 if problem.status == 413 else 400)
            except psycopg.errors.InsufficientPrivilege:
                denied = Problem(403, "Unauthorized", "new row violates row-level security policy")
                return JSONResponse(denied.body, 400)

        return endpoint

    def _claims(self, request: Request) -> dict[str, Any]:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._secret, algorithms=["HS256"], options={"verify_aud": False}
            )
        except jwt.ExpiredSignatureError as error:
            raise Problem(403, "Unauthorized", '"exp" claim timestamp check failed') from error
        except jwt.InvalidTokenError as error:
            raise Problem(403, "Unauthorized", "Invalid Compact JWS") from error
        return claims

    def _upload(self, connection: psycopg.Connection[Any], request: Request, body: bytes) -> Response:
        bucket, name = request.path_params["bucket"], request.path_params["name"]
        content, media_type = _file_of(request, body)
        with psycopg.connect(self._owner) as owner:
            found = owner.execute(
                "select file_size_limit, allowed_mime_types from storage.buckets where id = %s", (bucket,)
            ).fetchone()
            if found is None:
                raise Problem(404, "Bucket not found", "Bucket not found")
            if found[1] and media_type not in found[1]:
                raise Problem(415, "invalid_mime_type", f"mime type {media_type} is not supported")
            row = (bucket, name, str(uuid4()))
            statement = "insert into storage.objects (bucket_id, name, version) values (%s, %s, %s)"
            try:
                # Tried as the one who asks and taken back: the policies have decided.
                _doing(connection, "storage.object.upload")
                connection.execute(statement, row)
                connection.rollback()
                if found[0] and len(content) > found[0]:
                    raise Problem(413, "Payload too large", "The object exceeded the maximum allowed size")
                owner.execute(statement, row)
            except psycopg.errors.UniqueViolation as error:
                raise Problem(409, "Duplicate", "The resource already exists") from error
            metadata = json.dumps({"mimetype": media_type, "size": len(content)})
            owner.execute(
                "update storage.objects set metadata = %s where bucket_id = %s and name = %s", (metadata, bucket, name)
            )
            self.contents[bucket, name] = content
        return JSONResponse({"Id": str(uuid4()), "Key": f"{bucket}/{name}"})

    def _download(self, connection: psycopg.Connection[Any], request: Request, _body: bytes) -> Response:
        bucket, name = request.path_params["bucket"], request.path_params["name"]
        _doing(connection, "storage.object.get_authenticated")
        found = connection.execute(
            "select metadata ->> 'mimetype' from storage.objects where bucket_id = %s and name = %s", (bucket, name)
        ).fetchone()
        if found is None:
            raise Problem(404, "not_found", "Object not found")
        return Response(self.contents[bucket, name], media_type=found[0])

    def _remove(self, connection: psycopg.Connection[Any], request: Request, body: bytes) -> Response:
        bucket = request.path_params["bucket"]
        _doing(connection, "storage.object.delete_many")
        connection.execute("select set_config('storage.allow_delete_query', 'true', true)")
        removed = connection.execute(
            "delete from storage.objects where bucket_id = %s and name = any(%s) returning name",
            (bucket, json.loads(body)["prefixes"]),
        ).fetchall()
        for (name,) in removed:
            self.contents.pop((bucket, name), None)
        return JSONResponse([{"bucket_id": bucket, "name": name} for (name,) in removed])


def _doing(connection: psycopg.Connection[Any], operation: str) -> None:
    connection.execute("select set_config('storage.operation', %s, true)", (operation,))


def _file_of(request: Request, body: bytes) -> tuple[bytes, str]:
    """The part of the form that is the file."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    for part in message_from_bytes(head + body, policy=HTTP).iter_parts():
        if part.get_filename():
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b"", part.get_content_type()
    raise Problem(400, "InvalidRequest", "No content provided")
