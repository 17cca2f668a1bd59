"""A made-up language model in a process of its own, as slow as one wants it.

    python -m bot.bench.made_model PORT DELAY AT_ONCE MODEL-FILE


Speaks what the assistant's client asks of Rasa: `/status` and `/model/parse`. So many questions at once, the others wait.
"""

import asyncio
import json
import sys
from urllib.parse import urlsplit

READS = {"định danh": "eid_level_2", "mat khau": "eid_password", "otp": "eid_otp", "ứng dụng": "vneid_install"}


class MadeModel:
    def __init__(self, delay: float, at_once: int, model: str) -> None:
        self._delay = delay
        self._places = asyncio.Semaphore(at_once)
        self._model = model

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                sizes = [int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:")]
                body = await reader.readexactly(sizes[0] if sizes else 0)
                path = urlsplit(head[0].split()[1]).path
                answer = json.dumps({"model_file": self._model} if path == "/status" else await self._read(json.loads(body)["text"]))
                about = f"Content-Type: application/json\r\nContent-Length: {len(answer.encode())}"
                writer.write(f"HTTP/1.1 200 OK\r\n{about}\r\n\r\n{answer}".encode())
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def _read(self, text: str) -> dict[str, object]:
        async with self._places:
            await asyncio.sleep(self._delay)
        intent = next((intent for words, intent in READS.items() if words in text), "out_of_scope")
        return {"intent_ranking": [{"name": intent, "confidence": 0.95}], "entities": []}


async def run(port: int, delay: float, at_once: int, model: str) -> None:
    server = await asyncio.start_server(MadeModel(delay, at_once, model).serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
