"""What is waited for is said while it lasts, and not a moment longer."""

import asyncio

from seawall.doing import waiting


def test_each_second_is_told_until_the_block_ends(monkeypatch):
    monkeypatch.setattr(waiting, "SECOND", 0.001)
    said, enough = [], asyncio.Event()

    def hear(text):
        said.append(text)
        if len(said) == 3:
            enough.set()

    async def wait():
        async with waiting.told(lambda: "importing `app`", hear):
            await asyncio.wait_for(enough.wait(), 5)
        before = len(said)
        await asyncio.sleep(0.01)
        assert len(said) == before

    asyncio.run(wait())
    assert said[:3] == ["importing `app` (1 s)", "importing `app` (2 s)", "importing `app` (3 s)"]
