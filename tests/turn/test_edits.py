"""A message written over an earlier one, whatever has become of that one meanwhile: nothing is answered twice, nothing lost."""

from bot.model.message import Inbound, Kind

from ..talk import House, Talk


def written_over(talk: Talk, text: str, original: str, version: int = 1) -> Inbound:
    return Inbound(talk.address, f"{original}:{version}", Kind.TEXT, text, edits=original)


async def written(house: House, talk: Talk, text: str, key: str) -> None:
    await house.app.door(Inbound(talk.address, key, Kind.TEXT, text))


async def test_before_it_is_read_it_simply_says_something_else(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await written(house_on_each, talk, "lam dinh dah", "55")
    received = await house_on_each.app.door(written_over(talk, "menu", "55"))
    assert received.new
    await house_on_each.work()
    assert [record.heard[0].text for record in house_on_each.records] == ["menu"]


async def test_after_the_answer_it_is_a_correction_that_is_asked_about(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.says("đăng ký định danh mức 2")
    await written(house_on_each, talk, "1", "55")
    await house_on_each.work()
    turn = await talk.sends(written_over(talk, "2", "55"))
    assert turn.blocks == ["common.correct_confirm"]
    assert (await talk.says("đúng")).blocks[0] == "common.corrected"


async def test_edited_again_it_is_still_the_last_message(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.says("đăng ký định danh mức 2")
    await written(house_on_each, talk, "1", "55")
    await house_on_each.work()
    await talk.sends(written_over(talk, "một nhé", "55"))
    assert (await talk.sends(written_over(talk, "2", "55", version=2))).blocks == ["common.correct_confirm"]


async def test_a_number_over_an_older_message_answers_nothing(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await written(house_on_each, talk, "đăng ký định danh mức 2", "54")
    await house_on_each.work()
    await talk.says("1")
    turn = await talk.sends(written_over(talk, "2", "54"))
    assert turn.blocks == ["common.edited", "eid_level_2.card"]


async def test_an_edit_that_changes_no_word_is_nothing_new(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await written(house_on_each, talk, "menu", "55")
    await house_on_each.work()
    assert not (await house_on_each.app.door(written_over(talk, "menu", "55"))).new


async def test_an_edit_that_comes_twice_is_answered_once(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await written(house_on_each, talk, "menu", "55")
    await house_on_each.work()
    await talk.sends(written_over(talk, "chào", "55"))
    assert not (await house_on_each.app.door(written_over(talk, "chào", "55"))).new


async def test_an_edit_that_comes_before_its_message_stands_for_it(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.sends(written_over(talk, "menu", "55"))
    late = await house_on_each.app.door(Inbound(talk.address, "55", Kind.TEXT, "mneu"))
    assert not late.new


async def test_an_edit_while_a_worker_is_thinking_is_not_lost(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await written(house_on_each, talk, "menu", "55")
    workers, turn = house_on_each.app.workers, house_on_each.app.turn
    (claim,) = await house_on_each.app.database.run(lambda tx: workers._claim(tx, 1))
    received = await house_on_each.app.door(written_over(talk, "chào", "55"))
    assert received.new
    await turn.take(claim)
    await house_on_each.work()
    assert [record.heard[0].text for record in house_on_each.records] == ["menu", "chào"]


async def test_an_edit_is_masked_like_anything_else(house: House) -> None:
    talk = await house.talk("an")
    await written(house, talk, "thẻ của tôi", "55")
    received = await house.app.door(written_over(talk, "thẻ của tôi 001099000123", "55"))
    assert "001099000123" not in received.text
