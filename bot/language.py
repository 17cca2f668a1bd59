"""The language model as this process has it: a child of ours, or processes elsewhere, and the one client that asks them."""

import asyncio
from collections.abc import Sequence

import structlog

from .model.catalogue import Catalogue
from .model.errors import NluError
from .settings import Settings
from .understanding import model_files
from .understanding.process import NluProcess
from .understanding.rasa import Nlu

log = structlog.get_logger(__name__)


class Language:
    """The language model: a child process of ours, or processes elsewhere, and the one client that asks them."""

    def __init__(self, settings: Settings, known: Catalogue) -> None:
        self._settings = settings
        self._process: NluProcess | None = None
        self._model = model_files.current(settings.root, settings.models)
        urls: Sequence[str] = settings.nlu_url
        if not urls and self._model is not None:
            self._process = NluProcess(settings.root, self._model, settings.secrets["nlu_token"], note=_note, server=settings.nlu_server)
            urls = (self._process.url,)
        elif not urls:
            log.warning("no_model", remedy="run `danloi train`; until then keywords, taps, numbers and a person still work")
        expected = self._model or model_files.expected(settings.root, settings.models)
        self.nlu = Nlu(urls, settings.secrets["nlu_token"], known.intents, expected.name)

    async def start(self) -> None:
        if self._process is not None:
            await self._process.start()

    async def ready(self) -> None:
        """Wait until the model answers. Raises NluError with the reason where it does not."""
        if self._process is not None:
            await self._process.ready()
        elif not await self.nlu.ready():
            raise NluError(
                "No language model answers: run `danloi train`, or look at NLU_URL. Keywords, taps, numbers and a person still work."
            )

    async def follow(self) -> None:
        """One look: where another model was promoted, have our process serve it, while questions go on being answered.

        A model that cannot be taken is told of once and left alone. Peers elsewhere are their operator's to exchange.
        """
        promoted = await asyncio.to_thread(model_files.current, self._settings.root, self._settings.models)
        if self._process is None or promoted is None or promoted == self._model:
            return
        before, self._model = self._model, promoted
        names = [model.name for model in (before, promoted) if model is not None]
        self.nlu.expect(*names)
        try:
            await self._process.exchange(promoted)
            self.nlu.expect(promoted.name)
            log.info("model_exchanged", model=promoted.name)
        except NluError as error:
            self.nlu.expect(*names[:1])
            log.error("model_not_exchanged", why=str(error))

    async def stop(self) -> None:
        await self.nlu.close()
        if self._process is not None:
            await self._process.stop()


def _note(what: str) -> None:
    log.warning("nlu", what=what)
