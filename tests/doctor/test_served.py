"""The port, the public address and its certificate: each check well, and seen failing with its remedy."""

import asyncio
import errno
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from litestar import get

from bot.channels.webchat import WebChat
from bot.doctor import public, served
from bot.doctor.served import Served
from bot.settings import Settings

from ..fakes.behind_web import Behind, serving
from ..fakes.telegram import telegram_server
from ..faults.process import free_port
from .findings import states, the

NOW = datetime.now(UTC)


async def test_a_free_port(settings: Settings) -> None:
    port = free_port()
    assert await served.look(settings, port) == Served()
    assert states(served.served(Served(), port, [])) == {"serve": "unsure"}


async def test_a_port_that_another_program_has(settings: Settings) -> None:
    async with telegram_server() as another:
        port = int(another.url.rpartition(":")[2])
        found = await served.look(settings, port)
        another.odd.clear()
    assert not found.runs
    told = the("serve", served.served(found, port, []))
    assert told.state == "mend"
    assert "ss -ltnp" in told.remedy


async def test_an_address_that_is_not_this_machines(settings: Settings) -> None:
    found = await served.look(replace(settings, host="192.0.2.1"), 0)
    assert states(served.served(found, 1, [])) == {"serve": "mend"}


def test_a_port_that_needs_more_rights() -> None:
    found = served.served(Served(taken="Permission denied", because=errno.EACCES), 80, [])
    assert states(found) == {"serve": "mend"}
    assert "1024" in found[0].remedy


@get("/healthz", media_type="text/plain")
async def healthz() -> str:
    return "ok"


@get("/readyz")
async def readyz() -> dict[str, str]:
    return {"store": "ok", "nlu": "away"}


async def test_our_own_assistant(settings: Settings) -> None:
    async with serving(Behind(), WebChat(), str, routes=[healthz, readyz]) as url:
        found = await served.look(settings, int(url.rpartition(":")[2]))
    assert found.runs
    assert not found.nlu
    assert states(served.served(found, 1, [])) == {"serve": "well"}


STATES: list[tuple[dict[str, Any], list[str], dict[str, str]]] = [
    ({"store": "ok", "nlu": "ok", "channels": {"telegram:1": "ok"}}, ["telegram:1"], {"serve": "well"}),
    ({"store": "The disk is full", "nlu": "ok"}, [], {"serve": "mend"}),
    ({"store": "ok", "nlu": "ok"}, ["telegram:1"], {"serve": "well", "serve_channel": "mend"}),
    ({"store": "ok", "nlu": "ok", "channels": {"telegram:1": "another poller"}}, [], {"serve": "well", "serve_channel": "mend"}),
    ({"store": "ok", "nlu": "ok", "channels": "odd"}, [], {"serve": "well"}),
]


@pytest.mark.parametrize(("state", "accounts", "expected"), STATES, ids=repr)
def test_what_it_says_of_itself(state: dict[str, Any], accounts: list[str], expected: dict[str, str]) -> None:
    assert states(served.served(Served(runs=True, state=state), 1, accounts)) == expected


# --- the public address


async def test_the_public_address_leads_to_us() -> None:
    async with serving(Behind(), WebChat(), str, routes=[healthz, readyz]) as url:
        assert states(await public.reached(url, True)) == {"public_url": "well"}
    assert states(await public.reached(None, True)) == {"public_url": "well"}


@pytest.mark.parametrize("url", ["http://danloi.example", "danloi.example", "ftp://danloi.example", "https://"])
async def test_an_address_that_will_not_do(url: str) -> None:
    assert states(await public.reached(url, True)) == {"public_url": "mend"}


async def test_the_public_address_leads_elsewhere() -> None:
    async with telegram_server() as another:
        found = the("public_url", await public.reached(another.url, True))
        another.odd.clear()
    assert found.state == "mend"
    assert "mạng di động" in found.remedy
    for runs, state in ((True, "mend"), (False, "unsure")):
        assert states(await public.reached("http://127.0.0.1:9", runs)) == {"public_url": state}


async def test_a_public_address_that_sends_on_to_another() -> None:
    async def moves(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 301 X\r\nlocation: https://www.danloi.example/\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(moves, "127.0.0.1", 0) as server:
        found = the("public_url", await public.reached(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", True))
    assert found.state == "mend"
    assert "địa chỉ cuối cùng" in found.remedy


# --- the certificate


def made(folder: Path, ends: datetime, name: str = "localhost") -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(NOW - timedelta(days=90)).not_valid_after(ends)
    signed = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(private + signed.public_bytes(pem))
    return folder / "both.pem"


CERTIFICATES = [("long", 60, True, "well"), ("nearly over", 5, True, "mend"), ("over", -1, True, "mend"), ("unknown", 60, False, "mend")]


@pytest.mark.parametrize(("name", "days", "trusted", "state"), CERTIFICATES, ids=[name for name, *_ in CERTIFICATES])
async def test_the_certificate(tmp_path: Path, name: str, days: int, trusted: bool, state: str) -> None:
    both = made(tmp_path, NOW + timedelta(days=days))
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shows.load_cert_chain(both)
    trusts = ssl.create_default_context(cafile=str(both) if trusted else None)

    async def ends(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(ends, "127.0.0.1", 0, ssl=shows)
    port = server.sockets[0].getsockname()[1]
    found = await public.certificate(f"https://localhost:{port}", NOW, trusts)
    server.close()
    assert states(found) == {"certificate": state}
    if state == "mend":
        assert "certbot renew" in found[0].remedy


async def test_where_there_is_no_certificate() -> None:
    assert await public.certificate(None, NOW) == []
    assert await public.certificate("http://127.0.0.1:1", NOW) == []
    assert states(await public.certificate("https://127.0.0.1:9", NOW)) == {"certificate": "unsure"}
