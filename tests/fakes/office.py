"""An office that a test gives and takes away."""


class FakeOffice:
    def __init__(self, held: bool = True) -> None:
        self.held = held
        self.resigned = False

    async def hold(self) -> bool:
        return self.held

    async def resign(self) -> None:
        self.resigned = True
