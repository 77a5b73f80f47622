"""The command `survey-app`."""

from __future__ import annotations

import argparse
import getpass
import os
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from survey_app import demonstration as demo
from survey_app import import_command, indicators_command, reference_data, running
from survey_app.database import Database, Door, InvalidData, NotAllowed, Refused, SignInRefused, Unavailable, open_door
from survey_app.database.embedded import EmbeddedDoor
from survey_app.questionnaire import QuestionnaireError
from survey_app.questionnaire.command import check_files
from survey_app.report import command as report_command
from survey_app.settings import Settings, SettingsError, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit code."""
    # Vietnamese on a terminal whose locale is plain C.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    options = _parser().parse_args(arguments)
    try:
        if options.command == "check":
            return check_files(options.files, sys.stdout)
        settings = _settings(options)
        if options.command == "add-staff":
            return _add_staff(settings, options)
        if options.command == "load":
            return _load(settings, options.files)
        if options.command == "import":
            return _import(settings, options)
        if options.command == "report":
            return _report(settings, options)
        if options.command == "indicators":
            return _indicators(settings, options)
        return _serve(settings, demonstration=options.command == "demo", scale=getattr(options, "scale", 1.0))
    except (SettingsError, Unavailable) as error:
        print(f"survey-app: {error}", file=sys.stderr)
        return 2
    except EOFError:
        print(
            "survey-app: there is nobody to ask; run this from a terminal, or set ADMIN_EMAIL and ADMIN_PASSWORD",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="survey-app", description="Children's consultations: ask, keep, measure, map."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--data-dir", type=Path, help="folder of the embedded database (default: DATA_DIR or .data)")
    listening = argparse.ArgumentParser(add_help=False)
    listening.add_argument(
        "--host", help="address to listen on (default: HOST or 127.0.0.1; 0.0.0.0 for a school's network)"
    )
    listening.add_argument("--port", type=int, help="port to listen on (default: PORT or 8501)")

    commands.add_parser(
        "serve", parents=[where, listening], help="serve a real instance; asks for the first administrator"
    )
    demo = commands.add_parser("demo", parents=[where, listening], help="serve synthetic demonstration data")
    demo.add_argument("--scale", type=_scale, default=1.0, help="how much of it, 0.01 to 1 (default 1)")
    check = commands.add_parser("check", help="check questionnaires (XLSForm: .xlsx, .xls, .csv, .md)")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    load = commands.add_parser(
        "load", parents=[where], help="write places, estimates and questionnaires, as an administrator"
    )
    load.add_argument("files", nargs="*", type=Path, metavar="FILE", help="only these questionnaires")
    import_command.add_arguments(
        commands.add_parser("import", help="bring in official figures or a reorganisation from a file"), where
    )
    report_command.add_arguments(
        commands.add_parser(
            "report",
            parents=[where],
            help="write the report of a year (.docx, .xlsx, .pdf)",
            description="Signs in as an administrator (ADMIN_EMAIL and ADMIN_PASSWORD, else it asks).",
        )
    )
    indicators_command.add_arguments(
        commands.add_parser(
            "indicators",
            parents=[where],
            help="print the indicators of a year, small numbers hidden as on every screen",
            description="Signs in as an administrator (ADMIN_EMAIL and ADMIN_PASSWORD, else it asks).",
        )
    )
    staff = commands.add_parser(
        "add-staff",
        parents=[where],
        help="add a member of staff, or set a new password",
        description="Asks for the password; without a terminal, it is taken from STAFF_PASSWORD.",
    )
    staff.add_argument("email")
    staff.add_argument("--name", required=True, help="name shown to colleagues")
    staff.add_argument(
        "--role", required=True, choices=["facilitator", "officer", "reviewer", "protection_officer", "administrator"]
    )
    staff.add_argument("--commune", help="code of the only commune that a facilitator works in")
    return parser


def _scale(text: str) -> float:
    scale = float(text)
    if not 0.01 <= scale <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0.01 to 1")
    return scale


def _settings(options: argparse.Namespace) -> Settings:
    settings = load_settings()
    given = {name: getattr(options, name, None) for name in ("data_dir", "host", "port")}
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def _serve(settings: Settings, *, demonstration: bool, scale: float) -> int:
    if not _can_listen(settings):
        return 2
    door = open_door(settings)
    if isinstance(door, EmbeddedDoor):
        reference_data.load(door.as_owner())
        if demonstration:
            demo.load(door, scale=scale, report=print)
        elif demo.is_broken_off(door):
            print(
                "survey-app: in this data folder a demonstration was begun and not finished; finish it with survey-app demo, "
                "or choose another folder with DATA_DIR",
                file=sys.stderr,
            )
            door.close()
            return 2
        elif not _has_administrator(door) and not _add_first_administrator(door):
            door.close()
            return 2
    elif demonstration:
        print("survey-app: demonstration data go into an embedded database only; unset SUPABASE_URL", file=sys.stderr)
        door.close()
        return 2
    if door.submission_secret is None:
        print("survey-app: SUBMISSION_SECRET is not set; every submission will wait for review", file=sys.stderr)
    _print_addresses(settings, door, demonstration=demonstration)
    running.start(settings, door)
    # Importing Streamlit takes a while and reads its configuration: only when there is something to serve.
    import uvicorn

    from survey_app.app import app

    # A thread that comes back from the database waits for its turn this long while tablets keep the event loop busy.
    sys.setswitchinterval(0.0005)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=5,
    )
    return 0


def _can_listen(settings: Settings) -> bool:
    """Whether the address is free; says so when it is not, before a database is started for nothing."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as listening:
            if os.name == "posix":
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
    except OSError as error:
        print(
            f"survey-app: cannot listen on {settings.host}:{settings.port}: {error.strerror or error}. "
            "Stop what uses it, or choose another with HOST and PORT",
            file=sys.stderr,
        )
        return False
    return True


def _print_addresses(settings: Settings, door: Door, *, demonstration: bool) -> None:
    shown_host = "localhost" if settings.host in ("0.0.0.0", "::", "127.0.0.1") else settings.host  # noqa: S104
    base = settings.public_url or f"http://{shown_host}:{settings.port}"
    print(f"Địa chỉ (address): {base}/")
    print(f"Cán bộ (staff): {base}/sign-in")
    if demonstration:
        print("Tài khoản mô phỏng (demonstration accounts):")
        for account in demo.ACCOUNTS:
            print(f"  {account.role}: {account.email} / {account.password}")
        print(f"join: {base}/join/{demo.open_join_code(door)}")


def _has_administrator(door: EmbeddedDoor) -> bool:
    return len(door.as_owner().read("staff", columns=["id"], where={"role": "administrator", "active": True})) > 0


def _add_first_administrator(door: EmbeddedDoor) -> bool:
    email, password = os.environ.get("ADMIN_EMAIL", ""), os.environ.get("ADMIN_PASSWORD", "")
    if not (email and password) and not sys.stdin.isatty():
        print(
            "survey-app: this instance has no administrator yet. Start it once from a terminal to make one, "
            "or set ADMIN_EMAIL and ADMIN_PASSWORD",
            file=sys.stderr,
        )
        return False
    while True:
        if not (email and password):
            print("Chưa có quản trị viên. Tạo tài khoản đầu tiên (make the first administrator):")
            try:
                email = input("  E-mail: ").strip()
                password = _asked_password()
            except EOFError:
                return False
        try:
            door.add_staff(email, password, email.split("@")[0], "administrator")
            return True
        except (ValueError, InvalidData) as error:
            print(f"  {error}", file=sys.stderr)
            if not sys.stdin.isatty():
                return False
            email = password = ""


def _load(settings: Settings, files: Sequence[Path]) -> int:
    door = open_door(settings)
    try:
        database = _as_administrator(door)
        if files:
            reference_data.load_questionnaires(database, files)
        else:
            reference_data.load(database)
        return 0
    except (SignInRefused, NotAllowed) as error:
        print(f"survey-app: not allowed ({error}); sign in as an administrator", file=sys.stderr)
        return 1
    except QuestionnaireError as error:
        print(f"survey-app: {error}\nRun survey-app check on the file", file=sys.stderr)
        return 1
    finally:
        door.close()


def _import(settings: Settings, options: argparse.Namespace) -> int:
    door = open_door(settings)
    try:
        return import_command.run(_as_administrator(door), options, sys.stdout, sys.stderr)
    except (SignInRefused, NotAllowed) as error:
        print(f"survey-app: not allowed ({error}); sign in as an administrator", file=sys.stderr)
        return 1
    except (Refused, InvalidData) as error:
        print(f"survey-app: {error}; nothing was taken in", file=sys.stderr)
        return 1
    finally:
        door.close()


def _report(settings: Settings, options: argparse.Namespace) -> int:
    door = open_door(settings)
    try:
        return report_command.write_report(_as_administrator(door), options, sys.stdout)
    except (SignInRefused, NotAllowed) as error:
        print(f"survey-app: not allowed ({error}); sign in as an administrator", file=sys.stderr)
        return 1
    finally:
        door.close()


def _indicators(settings: Settings, options: argparse.Namespace) -> int:
    if complaint := indicators_command.mistake(options):
        print(f"survey-app: {complaint}", file=sys.stderr)
        return 2
    door = open_door(settings)
    try:
        return indicators_command.print_indicators(_as_administrator(door), options, sys.stdout, door.submission_secret)
    except (SignInRefused, NotAllowed) as error:
        print(f"survey-app: not allowed ({error}); sign in as an administrator", file=sys.stderr)
        return 1
    finally:
        door.close()


def _as_administrator(door: Door) -> Database:
    """What the account of ADMIN_EMAIL, or of whoever sits at the terminal, may do."""
    email = os.environ.get("ADMIN_EMAIL") or input("  E-mail: ").strip()
    password = os.environ.get("ADMIN_PASSWORD") or getpass.getpass("  Mật khẩu (password): ")
    return door.as_user(door.sign_in(email, password).token)


def _add_staff(settings: Settings, options: argparse.Namespace) -> int:
    door = open_door(settings)
    try:
        if not isinstance(door, EmbeddedDoor):
            print(
                "survey-app: with Supabase, add the account in its dashboard and a row in the table staff",
                file=sys.stderr,
            )
            return 2
        password = os.environ.get("STAFF_PASSWORD", "")
        if not password and not sys.stdin.isatty():
            print("survey-app: run this from a terminal, or set STAFF_PASSWORD", file=sys.stderr)
            return 2
        reference_data.load(door.as_owner())
        communes = door.as_owner().read("unit", columns=["code"], where={"valid_to": None})["code"].tolist()
        if options.commune and options.commune not in communes:
            print(
                f"survey-app: --commune {options.commune} is no commune of today; its code has five digits, "
                f"such as {communes[0]}",
                file=sys.stderr,
            )
            return 1
        password = password or _asked_password()
        door.add_staff(options.email, password, options.name, options.role, options.commune)
        print(f"{options.email}: {options.role}")
        return 0
    except (ValueError, InvalidData) as error:
        print(f"survey-app: {error}", file=sys.stderr)
        return 1
    finally:
        door.close()


def _asked_password() -> str:
    while True:
        password = getpass.getpass("  Mật khẩu (password, 10+): ")
        if password == getpass.getpass("  Nhập lại (again): "):
            return password
        print("  Hai lần nhập khác nhau (they differ).", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
