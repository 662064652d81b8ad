"""A certificate authority of one's own, before Telegram as before Lines."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiohttp import web
from pydantic import HttpUrl

from lines_bot.connections import make_bot
from lines_bot.demo import make_settings
from lines_bot.sandbox import embedded
from tests.proxies import admit_socks, open_proxy

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="certificates for the tests are made by openssl")
ME = {"id": 1, "is_bot": True, "first_name": "Bot"}


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[tuple[HttpUrl, Path]]:
    """A Telegram that only the bundle vouches for."""
    certificate, key = tmp_path / "bundle.pem", tmp_path / "key.pem"
    command = [
        str(OPENSSL),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=Telegram"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    making = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    assert await making.wait() == 0
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def tell(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": ME})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", tell)
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield HttpUrl(f"https://127.0.0.1:{runner.addresses[0][1]}/"), certificate
    await runner.cleanup()


@pytest.mark.parametrize("is_proxied", [False, True])
async def test_telegram_is_trusted_by_the_bundle_alone(
    telegram: tuple[HttpUrl, Path], tmp_path: Path, is_proxied: bool
) -> None:
    url, bundle = telegram
    async with embedded.serve() as servers, open_proxy("socks5", admit_socks) as proxy:
        settings = make_settings(servers, tmp_path).model_copy(
            update={"telegram_api_url": url, "telegram_proxy": proxy.address() if is_proxied else None}
        )
        async with make_bot(settings) as bot:
            with pytest.raises(TelegramNetworkError, match="certificate"):
                await bot.get_me()
        async with make_bot(settings.model_copy(update={"telegram_ca_bundle": bundle})) as bot:
            assert (await bot.get_me()).id == 1
