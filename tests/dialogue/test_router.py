"""A citizen talks: the same answer in every form, going back and aside, being stuck, being misunderstood, asking for a person."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.later import remind
from bot.dialogue.router import settles
from bot.dialogue.state import State
from bot.model.case import CaseReason
from bot.model.meaning import Heard, Meaning, Reading
from bot.model.message import Edited, Kind

from .village import TODAY, Citizen, library


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    return Citizen(library(tmp_path))


def test_a_guide_from_beginning_to_end(citizen: Citizen) -> None:
    assert citizen.says("làm định danh mức 2", intent="eid_level_2") == ["eid_level_2.intro", "eid_level_2.card"]
    assert citizen.labels == ["Có và còn hạn", "Hết hạn hoặc loại cũ", "Chưa có"]
    assert citizen.move.says[1].values["progress"] == "1/4"
    assert citizen.taps("Có và còn hạn") == ["eid_level_2.sim"]
    assert citizen.taps("Có") == ["eid_level_2.go"]
    assert citizen.labels == ["Xong", "Bị vướng"]
    assert citizen.taps("Xong") == ["eid_level_2.done"]
    assert citizen.step is None
    assert citizen.state.stack == ()


@pytest.mark.parametrize(
    "answer", ["2", "số 2", "hai", "cái thứ 2", "Hết hạn hoặc loại cũ", "het han hoac loai cu", "HẾT HẠN HOẶC LOẠI CŨ!", "thẻ cũ"]
)
def test_tap_number_label_and_words_are_the_same_answer(citizen: Citizen, answer: str) -> None:
    citizen.standing_at()
    assert citizen.says(answer) == ["eid_level_2.old_card", "eid_level_2.sim"]


@pytest.mark.parametrize(("words", "goes_on_with"), [("dạ có ạ", "eid_level_2.go"), ("không", "eid_phone_number.has_old_sim")])
def test_yes_and_no_by_exact_lists(citizen: Citizen, words: str, goes_on_with: str) -> None:
    assert citizen.standing_at("1").says(words) == [goes_on_with]


def test_the_models_yes_alone_answers_nothing(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("thì cũng kiểu như vậy đó", intent="affirm", confidence=0.99) == ["common.failed", "eid_level_2.sim"]


def test_an_answer_inside_a_longer_sentence(citizen: Citizen) -> None:
    citizen.standing_at()
    assert citizen.says("thẻ của bác hết hạn rồi cháu ơi", intent="id_card_renew", confidence=0.3) == [
        "eid_level_2.old_card",
        "eid_level_2.sim",
    ]


@pytest.mark.parametrize("words", ["het han roi", "cũ rồi thẻ cũ", "Hết hạn rồi cháu"])
def test_what_mostly_answers_is_an_answer_before_the_model_is_heard(citizen: Citizen, words: str) -> None:
    citizen.standing_at()
    assert citizen.says(words, intent="eid_login", confidence=0.99) == ["eid_level_2.old_card", "eid_level_2.sim"]


def test_a_no_inside_a_question_is_no_answer(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("thế có phải mang gì đi không", intent="eid_level_2", confidence=0.1) == ["common.failed", "eid_level_2.sim"]


@pytest.mark.parametrize("text", ["hừm", "ờ thì"])
def test_a_mutter_is_an_answer_not_understood_and_no_other_talk(citizen: Citizen, text: str) -> None:
    citizen.standing_at()
    assert citizen.says(text, intent="out_of_scope") == ["eid_level_2.card__example", "eid_level_2.card"]
    assert citizen.says("con trâu nhà tôi ốm", intent="out_of_scope")[0] != "common.out_of_scope"  # the second time, why it is asked


def test_talk_of_other_things_ends_with_an_offer_of_a_person(citizen: Citizen) -> None:
    citizen.standing_at()
    said = [citizen.says("con trâu nhà tôi ốm", intent="out_of_scope") for _ in range(3)]
    assert said[0] == ["common.out_of_scope", "common.back_to_step", "eid_level_2.card"]
    assert said[2] == ["common.failed_thrice"]


def test_a_called_guide_comes_back_to_the_next_step(citizen: Citizen) -> None:
    citizen.standing_at("1", "không")
    assert citizen.says("có") == ["eid_phone_number.done", "eid_level_2.go"]


def test_back_forgets_what_was_answered_since(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says("quay lại") == ["eid_level_2.sim"]
    assert citizen.says("quay lại") == ["eid_level_2.card"]
    assert citizen.state.stack[0].answers == {}
    assert citizen.says("quay lại") == ["common.nothing_to_go_back", "eid_level_2.card"]
    assert citizen.says("3") == ["eid_level_2.no_card", "eid_level_2.sim"]


def test_back_out_of_a_called_guide(citizen: Citizen) -> None:
    citizen.standing_at("1", "không")
    assert citizen.says("quay lại") == ["eid_level_2.sim"]
    assert [frame.guide for frame in citizen.state.stack] == ["eid_level_2"]


def test_repeat_and_thanks_change_nothing(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("nói lại") == ["eid_level_2.sim"]
    assert citizen.says("cảm ơn") == ["common.thanks"]
    assert citizen.says("có") == ["eid_level_2.go"]


def test_a_greeting_resets_nothing(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("chào") == ["common.greet_inside", "eid_level_2.sim"]
    assert citizen.state.stack[0].answers == {"card": "valid"}


def test_an_aspect_is_answered_and_the_step_comes_back(citizen: Citizen) -> None:
    citizen.standing_at("1")
    fee = ["eid_level_2.fee", "common.back_to_step", "eid_level_2.sim"]
    assert citizen.says("có mất tiền không", intent="eid_level_2", aspect="fee") == fee
    assert citizen.says("thế mất bao nhiêu", intent="out_of_scope", confidence=0.3, aspect="fee") == fee


def test_a_fee_of_something_else_is_not_answered_with_the_fee_of_this(citizen: Citizen) -> None:
    citizen.says("vneid là gì", intent="eid_about")
    asked = "làm thẻ căn cước cho con thì mất bao nhiêu tiền"
    assert citizen.says(asked, intent="eid_login", confidence=0.25, aspect="fee") == ["common.clarify"]


def test_an_aspect_nobody_wrote_names_who_knows(citizen: Citizen) -> None:
    assert citizen.says("vneid có mất tiền không", intent="eid_about", aspect="fee") == ["common.aspect_unknown"]


def test_another_answer_in_the_middle_then_back(citizen: Citizen) -> None:
    citizen.standing_at("1")
    said = citizen.says("mà vneid là cái gì", intent="eid_about")
    assert said == ["eid_about.main", "eid_about.more", "common.back_to_step", "eid_level_2.sim"]


def test_another_guide_in_the_middle_then_back(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("đăng nhập thế nào", intent="eid_login") == ["eid_login.open"]
    citizen.says("xong")
    assert citizen.says("xong") == ["common.finished", "common.back_to_step", "eid_level_2.sim"]


def test_at_most_three_guides_deep(citizen: Citizen) -> None:
    citizen.standing_at("1")
    for topic in ("eid_login", "eid_phone_number", "eid_level_2", "eid_login"):
        citizen.says("chuyện khác", intent=topic)
    assert len(citizen.state.stack) <= 3


def test_the_ladder_of_failures(citizen: Citizen) -> None:
    citizen.standing_at()
    assert citizen.says("ờ thì", intent="out_of_scope", confidence=0.1) == ["eid_level_2.card__example", "eid_level_2.card"]
    assert citizen.says("cái kia", intent="out_of_scope", confidence=0.1) == ["eid_level_2.card__why", "eid_level_2.card"]
    assert citizen.says("chịu", intent="out_of_scope", confidence=0.1) == ["common.failed_thrice"]
    assert "Gặp người hỗ trợ" in citizen.labels
    assert citizen.again().taps("Nói lại") == ["eid_level_2.card"]
    citizen.taps("Gặp người hỗ trợ")
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.step == "card"


def test_stuck_offers_the_usual_troubles_and_their_remedies(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says("bị vướng") == ["common.trouble_choose"]
    assert citizen.labels == ["Công an ở xa", "Cán bộ chưa nhận", "Gặp người hỗ trợ"]
    assert citizen.says("1") == ["eid_level_2.go__far", "eid_level_2.go"]
    assert citizen.says("công an xa quá bác không đi nổi", intent="step_stuck") == ["eid_level_2.go__far", "eid_level_2.go"]
    assert citizen.says("họ không nhận", intent="step_stuck") == ["eid_level_2.go__refused", "desk.handed_over"]
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.reason is CaseReason.STUCK


def test_stuck_at_a_question_leads_to_a_person(citizen: Citizen) -> None:
    assert citizen.standing_at().says("bị vướng") == ["common.troubles_none"]
    assert "Gặp người hỗ trợ" in citizen.labels


def test_a_correction_in_words_is_asked_then_done(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says("à quên, em chưa có thẻ") == ["common.correct_confirm"]
    assert citizen.move.says[0].values == {"label": "Chưa có"}
    assert citizen.says("đúng rồi") == ["common.corrected", "eid_level_2.no_card", "eid_level_2.sim"]
    assert citizen.state.stack[0].answers == {"card": "none"}


def test_a_correction_declined_changes_nothing(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    citizen.says("à quên, em chưa có thẻ")
    assert citizen.taps("Không, giữ nguyên") == ["eid_level_2.go"]
    assert citizen.state.stack[0].answers == {"card": "valid", "sim": "yes"}


def test_an_old_tap_is_a_correction_to_confirm(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    assert citizen.taps_value("answer:eid_level_2/card.old", turn=1) == ["common.correct_confirm"]
    citizen.taps("Đúng, sửa lại")
    assert citizen.state.stack[0].answers == {"card": "old"}


NOT_NOW = """answer:eid_login/open.done answer:eid_level_2/go.done answer:eid_level_2/gone.x answer:x answer:eid_level_2/card.valid 
act:step_done act:correct_yes act: trouble:far trouble:gone nonsense topic:no_such_topic aspect:no_such_topic/fee"""


@pytest.mark.parametrize("value", NOT_NOW.split())
def test_any_other_old_tap_shows_where_we_are(citizen: Citizen, value: str) -> None:
    citizen.standing_at("1")
    assert citizen.taps_value(value, turn=0) == ["common.old_tap", "eid_level_2.sim"]
    assert citizen.state.stack[0].answers == {"card": "valid"}


def test_the_same_tap_twice_answers_once(citizen: Citizen) -> None:
    citizen.standing_at()
    assert citizen.taps_value("answer:eid_level_2/card.valid", citizen.turn) == ["eid_level_2.sim"]
    assert citizen.taps_value("answer:eid_level_2/card.valid", citizen.turn - 1) == ["common.old_tap", "eid_level_2.sim"]


@pytest.mark.parametrize(
    "text",
    [
        "ra rồi",
        "đi xong rồi cháu",
        "em ra công an rồi ạ",
        "làm xong",
        "đặt rồi",
        "mã về rồi",
        "có thẻ rồi ạ",
        "có sổ tiêm rồi",
        "nhờ con cầm máy rồi",
    ],
)
def test_what_was_done_is_told_in_short(citizen: Citizen, text: str) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says(text) == ["eid_level_2.done"]


def test_what_was_done_answers_no_question(citizen: Citizen) -> None:
    citizen.standing_at()
    assert citizen.says("đặt rồi", intent="eid_login", confidence=0.99) == ["eid_level_2.card__example", "eid_level_2.card"]


@pytest.mark.parametrize(
    "text", ["ra rồi mà họ về hết", "làm mất rồi", "gửi tiền rồi", "chưa ra rồi", "đi lâu rồi", "có người gọi rồi", "nhờ nó gửi tiền rồi"]
)
def test_what_went_wrong_is_not_done(citizen: Citizen, text: str) -> None:
    citizen.standing_at("1", "có")
    citizen.says(text)
    assert citizen.step == "go"


def test_an_alarm_that_only_the_model_hears_and_unsurely_is_asked_first_inside_a_guide(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("cái máy nó hiện ra đòi tiền thì sao", intent="scam_victim", confidence=0.68)[0] == "common.clarify"
    assert "Đã bị lừa" in citizen.labels
    assert citizen.taps("Đã bị lừa")[0] == "scam_victim.first"
    outside = Citizen(citizen.library)
    assert outside.says("cái máy nó hiện ra đòi tiền thì sao", intent="scam_victim", confidence=0.68)[0] == "scam_victim.first"


def test_done_tapped_twice_is_done_once(citizen: Citizen) -> None:
    citizen.says("đăng nhập", intent="eid_login")
    assert citizen.taps_value("answer:eid_login/open.done", 1) == ["eid_login.log_in"]
    assert citizen.taps_value("answer:eid_login/open.done", 1) == ["common.old_tap", "eid_login.log_in"]


def test_the_taps_of_a_question_still_work_after_something_else_was_said(citizen: Citizen) -> None:
    citizen.standing_at()
    old = citizen.turn
    citizen.says("cảm ơn")
    assert citizen.taps_value("answer:eid_level_2/card.valid", old) == ["eid_level_2.sim"]


def test_stop_and_go_on_days_later(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("thôi để sau") == ["common.stopped"]
    assert citizen.step is None
    assert citizen.again().says("chào") == ["common.waiting_resume"]
    assert citizen.says("tiếp tục") == ["common.back_to_step", "eid_level_2.sim"]
    assert citizen.state.stack[0].answers == {"card": "valid"}


def test_a_person_is_asked_for_anywhere(citizen: Citizen) -> None:
    assert citizen.says("cho gặp người") == ["desk.handed_over"]
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.reason is CaseReason.ASKED
    assert citizen.says("gặp người") == ["desk.already_waiting"]


def test_first_aid_comes_first_and_at_once(citizen: Citizen) -> None:
    citizen.standing_at("1")
    said = citizen.says("tôi vừa đọc mã otp cho nó rồi mất hết tiền")
    assert said == ["scam_victim.first", "scam_victim.second", "scam_victim.third", "desk.urgent_noted"]
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.urgent
    assert citizen.move.hand_over.topic == "scam_victim"
    assert all(say.critical for say in citizen.move.says)
    assert citizen.says("có") == ["eid_level_2.go"]


def test_a_suspected_scam_gets_advice_and_an_offer(citizen: Citizen) -> None:
    assert citizen.says("có người gọi xưng công an", intent="scam_suspected") == ["scam_suspected.main"]
    assert citizen.labels == ["Gặp người hỗ trợ"]
    assert citizen.move.hand_over is None


def test_unsure_readings_are_asked_back_as_taps(citizen: Citizen) -> None:
    assert citizen.says("cái vneid ấy", intent="eid_about", confidence=0.3) == ["common.clarify"]
    assert citizen.labels == ["VNeID là gì", "Đăng nhập", "Xem danh mục"]
    assert citizen.says("VNeID la gi") == ["eid_about.main", "eid_about.more"]


def test_what_may_be_fraud_is_not_turned_away_as_out_of_scope(citizen: Citizen) -> None:
    heard = citizen.reader.glance(Kind.TEXT, "tự nhiên tài khoản của tôi bay hơi")
    ranking = (Reading("out_of_scope", 0.7), Reading("scam_victim", 0.15))
    assert citizen.hears(heard.understood(Meaning(ranking))) == ["common.clarify"]
    assert citizen.labels == ["Đã bị lừa", "Xem danh mục"]


def test_where_fraud_comes_second_both_are_asked_about(citizen: Citizen) -> None:
    heard = citizen.reader.glance(Kind.TEXT, "có ông gọi bảo bác đọc mã")
    ranking = (Reading("eid_login", 0.6), Reading("scam_suspected", 0.2))
    assert citizen.hears(heard.understood(Meaning(ranking))) == ["common.clarify"]
    assert citizen.labels == ["Đăng nhập", "Nghi bị lừa", "Xem danh mục"]


def test_not_understood_three_times_calls_a_person(citizen: Citizen) -> None:
    said = [citizen.says("lơ tơ mơ", intent="out_of_scope", confidence=0.1) for _ in range(3)]
    assert said == [["common.not_understood"], ["common.not_understood_again"], ["desk.handed_over"]]
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.reason is CaseReason.UNCLEAR


def test_while_the_model_is_away(citizen: Citizen) -> None:
    assert citizen.says("chuyện dài lắm", away="down") == ["common.model_away"]
    assert citizen.says("chuyện dài lắm", away="down") == ["desk.nlu_away_case"]
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.reason is CaseReason.NLU_AWAY
    assert citizen.taps_value("topic:eid_level_2", 1) == ["eid_level_2.intro", "eid_level_2.card"]
    assert citizen.says("1") == ["eid_level_2.sim"]


def test_keywords_are_offered_rather_than_believed_while_the_model_is_away(citizen: Citizen) -> None:
    assert citizen.says("vneid la gi the", intent="eid_about", confidence=0.35, away="down") == ["common.clarify"]
    assert citizen.labels == ["VNeID là gì", "Đăng nhập", "Xem danh mục"]


def test_a_masked_number_is_warned_about_and_the_step_stays(citizen: Citizen) -> None:
    citizen.standing_at()
    heard = Heard(Kind.TEXT, "[số định danh đã che]", "so dinh danh da che", masked=("id_number",), meaning=Meaning(()))
    assert citizen.hears(heard) == ["common.masked", "eid_level_2.card__example", "eid_level_2.card"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.TEXT, Kind.TAP)])
def test_what_is_no_text_gets_a_word_and_the_step_again(citizen: Citizen, kind: Kind) -> None:
    citizen.standing_at()
    assert citizen.hears(Heard(kind)) == [f"common.{kind}", "eid_level_2.card"]


def test_what_is_no_text_leads_on_where_no_step_waits(citizen: Citizen) -> None:
    assert citizen.hears(Heard(Kind.VOICE)) == ["common.voice"]
    assert citizen.labels == ["Xem danh mục", "Gặp người hỗ trợ"]


def test_the_words_under_a_picture_are_answered_too(citizen: Citizen) -> None:
    citizen.standing_at()
    heard = citizen.reader.glance(Kind.PHOTO, "thẻ cũ")
    assert citizen.hears(heard) == ["common.photo", "eid_level_2.old_card", "eid_level_2.sim"]


def edited(citizen: Citizen, text: str, which: Edited = Edited.LAST) -> list[str]:
    return citizen.hears(citizen.reader.glance(Kind.TEXT, text, edited=which))


def test_an_answer_written_over_is_a_correction_to_be_confirmed(citizen: Citizen) -> None:
    citizen.standing_at("2")
    assert edited(citizen, "1") == ["common.correct_confirm"]
    assert citizen.says("đúng") == ["common.corrected", "eid_level_2.sim"]
    assert citizen.state.stack[0].answers == {"card": "valid"}


def test_a_number_written_over_something_older_answers_no_other_question(citizen: Citizen) -> None:
    citizen.standing_at("2")
    assert edited(citizen, "1", Edited.EARLIER) == ["common.edited", "eid_level_2.sim"]
    assert citizen.state.stack[0].answers == {"card": "old"}


def test_a_number_over_an_older_message_does_not_help_where_something_else_was_not_understood(citizen: Citizen) -> None:
    citizen.standing_at("2")
    citizen.says("hihi", intent="affirm")
    assert edited(citizen, "1", Edited.EARLIER) == ["common.edited", "eid_level_2.sim"]


def test_the_same_answer_in_other_letters_changes_nothing(citizen: Citizen) -> None:
    citizen.standing_at("2")
    assert edited(citizen, "số 2") == ["eid_level_2.sim"]


def test_what_was_not_understood_may_be_mended_by_editing(citizen: Citizen) -> None:
    citizen.standing_at()
    citizen.says("hihi", intent="affirm")
    assert edited(citizen, "2") == ["eid_level_2.old_card", "eid_level_2.sim"]


def test_a_question_written_over_is_a_question(citizen: Citizen) -> None:
    citizen.standing_at("1")
    heard = citizen.reader.glance(Kind.TEXT, "mất phí không", edited=Edited.LAST)
    asked = heard.understood(Meaning((Reading("eid_level_2", 0.9),), "fee"))
    assert citizen.hears(asked) == ["eid_level_2.fee", "common.back_to_step", "eid_level_2.sim"]


def test_a_topic_of_which_nothing_is_written_yet_says_who_knows(citizen: Citizen) -> None:
    citizen.library = replace(citizen.library, unwritten={"passport": "Hộ chiếu"})
    assert citizen.says("làm hộ chiếu ở đâu", intent="passport") == ["common.not_written"]
    assert citizen.move.says[0].values["title"] == "Hộ chiếu"
    assert citizen.labels == ["Gặp người hỗ trợ", "Xem danh mục"]
    citizen.standing_at("1")
    assert citizen.says("thế còn hộ chiếu thì sao", intent="passport") == ["common.not_written", "common.back_to_step", "eid_level_2.sim"]
    assert citizen.taps_value("topic:passport", 1)[0] == "common.not_written"


def test_a_crime_fetches_a_person_though_nothing_is_written_of_it(citizen: Citizen) -> None:
    citizen.library = replace(citizen.library, unwritten={"crime_report": "Tố giác tội phạm"})
    assert citizen.says("nhà tôi vừa mất con trâu", intent="crime_report") == ["desk.crime"]
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.urgent


def test_an_unsure_reading_offers_what_is_not_written_yet_too(citizen: Citizen) -> None:
    citizen.library = replace(citizen.library, unwritten={"passport": "Hộ chiếu"})
    assert citizen.says("cái sổ đi nước ngoài", intent="passport", confidence=0.3) == ["common.clarify"]
    assert citizen.labels[0] == "Hộ chiếu"


def test_start_shows_the_menu_and_keeps_what_was_begun(citizen: Citizen) -> None:
    assert citizen.says("/start") == ["common.menu"]
    citizen.standing_at("1")
    assert citizen.says("/start") == ["common.greet_inside", "eid_level_2.sim"]


def test_a_link_leads_to_its_topic_and_its_place_is_remembered(citizen: Citizen) -> None:
    assert citizen.says("/start eid_level_2--xa_dong_van") == ["eid_level_2.intro", "eid_level_2.card"]
    citizen.says("dừng")
    assert citizen.state.place == "xa_dong_van"


def test_a_link_to_what_there_is_not_shows_the_menu(citizen: Citizen) -> None:
    assert citizen.says("/start passport_on_mars--xa_dong_van") == ["common.menu"]


@pytest.mark.parametrize("yes", ["có", "Xóa hết", "1", "đúng"])
def test_everything_is_forgotten_after_it_was_confirmed(citizen: Citizen, yes: str) -> None:
    citizen.standing_at("1")
    assert citizen.says("/xoa") == ["common.forget_confirm"]
    assert not citizen.move.forget
    assert citizen.says(yes) == ["common.forgotten"]
    assert citizen.move.forget
    assert citizen.state == State()


@pytest.mark.parametrize("no", ["không", "Không xóa", "2"])
def test_nothing_is_forgotten_without_a_yes(citizen: Citizen, no: str) -> None:
    citizen.standing_at("1")
    citizen.says("xóa dữ liệu của tôi")
    assert citizen.says(no) == ["common.kept", "common.back_to_step", "eid_level_2.sim"]
    assert not citizen.move.forget


def test_an_old_button_deletes_nothing(citizen: Citizen) -> None:
    citizen.standing_at("1")
    citizen.says("/xoa")
    citizen.says("2")
    assert citizen.taps_value("act:forget_yes", 2) == ["common.old_tap", "eid_level_2.sim"]
    assert not citizen.move.forget


def test_after_a_lost_reply_the_step_is_shown_again(citizen: Citizen) -> None:
    citizen.standing_at("1")
    thanks = citizen.reader.glance(Kind.TEXT, "cảm ơn")
    assert citizen.hears(thanks, unsure=True) == ["common.thanks", "eid_level_2.sim"]


def test_a_menu_leads_everywhere_in_two_taps(citizen: Citizen) -> None:
    assert citizen.says("menu") == ["common.menu"]
    assert citizen.labels == ["Tài khoản VNeID", "An toàn", "Gặp người hỗ trợ"]
    assert citizen.taps("Tài khoản VNeID") == ["common.menu_section"]
    assert citizen.labels[-2:] == ["Xem danh mục", "Gặp người hỗ trợ"]
    assert "Sáp nhập tỉnh, xã" not in citizen.labels  # not written yet
    assert citizen.taps("Đăng nhập") == ["eid_login.open"]


def test_what_is_settled_without_the_model(citizen: Citizen) -> None:
    citizen.standing_at()

    def settled(text: str) -> bool:
        return settles(citizen.library, citizen.state, citizen.reader.glance(Kind.TEXT, text), TODAY)

    assert all(map(settled, ["2", "hai", "Chưa có", "chua co", "quay lại", "gặp người", "😀", "..."]))
    assert not any(map(settled, ["thẻ của em thì nó cũ lắm rồi", "có mất tiền không"]))


def test_a_reminder_only_where_something_waits(citizen: Citizen) -> None:
    assert remind(citizen.library, State(), TODAY).says == ()
    citizen.standing_at()
    assert [say.block for say in remind(citizen.library, citizen.state, TODAY).says] == ["common.reminder"]


def test_a_bare_aspect_is_about_what_is_spoken_of_though_it_sounds_like_nothing_of_ours(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("mất mấy ngày thì có", intent="out_of_scope", aspect="fee")[0] == "eid_level_2.fee"
    assert citizen.says("chuyện ấy giá vàng hôm nay lên hay xuống mất rồi", intent="out_of_scope", aspect="fee")[0] == "common.out_of_scope"


def test_whether_it_costs_anything_is_no_trouble_told(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says("công an xa quá") == ["eid_level_2.go__far", "eid_level_2.go"]
    assert citizen.says("có xa quá không", intent="eid_level_2", aspect="fee")[0] == "eid_level_2.fee"
    assert citizen.says("có công an ở xa không", intent="eid_level_2") == ["eid_level_2.go__far", "eid_level_2.go"]
