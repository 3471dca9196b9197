"""The whole main job once through, in a real browser: from the draft decree to the response beside the clause. Nobody
here reaches into the portal: people press buttons, and wait for what the worker does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from portal.accounts import passwords, services
from portal.demo import source
from portal.kernel import unit_of_work
from portal.kernel.actor import SYSTEM
from portal.kernel.clock import SEOUL, system_clock
from portal.kernel.i18n import nmsg, translate
from portal.organisations import staff
from portal.publication.jobs import drain
from tests.e2e.conftest import Person

PASSWORD = "a quiet lake in early autumn"
CLAUSE = "art_23__para_1"
ARTICLES = ("art_1", "art_2", "art_12", "art_22", "art_23", "art_24")
SECRET = {"ko": "분기별 호출량 칠천삼백만 건", "en": "seventy-three million calls a quarter"}
REASON = {
    "ko": "고지 의무의 범위가 넓어 소상공인의 부담이 커집니다. 방법을 하나로 좁혀 주시기 바랍니다.",
    "en": "The duty to notify reaches too far and burdens small operators. Please narrow the manner of notice."}
RESPONSE = {"ko": "고지의 방법을 소상공인이 고를 수 있도록 일부 반영하였습니다.",
            "en": "Small operators may choose the manner of notice; the comment is accepted in part."}


@dataclass
class Walk:
    """What one walk carries from hand to hand."""

    person: Callable[..., Person]
    language: str
    sessions: sessionmaker[Session]
    slug: str
    ministry: str
    receipts: list[str] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)

    def somebody(self) -> Person:
        return self.person(self.language)

    def address(self, who: str) -> str:
        return f"{who}@walk-{self.language}.example"

    def public(self, path: str) -> str:
        return f"/c/{self.slug}/{path}" + ("?lang=en" if self.language == "en" else "")

    def publish_soon(self) -> None:
        """Gather what was marked now, as the worker does every ten seconds; building is the worker's all the same."""
        unit_of_work.run(self.sessions, lambda session: drain(session, now=system_clock()))

    def signed_in(self, who: str, to: str) -> Person:
        """Somebody with an account, at a page; who was there before is signed in still."""
        if who in self.people:
            self.people[who].open(to)
        else:
            self.people[who] = self.somebody()
            self.people[who].sign_in(self.address(who), PASSWORD, to)
        return self.people[who]


def walk_through(person: Callable[..., Person], sessions: sessionmaker[Session], language: str) -> None:
    """Every step of it, in one language."""
    walk = Walk(person, language, sessions, f"walk-{language}", f"walk-{language}")
    the_operator_adds_the_first_administrator(walk)
    administrator = an_administrator_adds_staff(walk)
    a_publisher_makes_the_consultation(walk)
    a_publisher_extends_the_period(walk)
    the_public_reads(walk)
    filer = a_filer_signs_up(walk, administrator)
    a_filer_writes(walk, filer)
    a_filer_files(walk, filer)
    a_filer_corrects(walk, filer)
    an_individual_withdraws(walk)
    the_public_sees_what_was_filed(walk)
    a_reviewer_makes_a_code_list(walk)
    a_reviewer_works_the_queue(walk)
    a_reviewer_answers(walk)
    an_approver_approves(walk)
    a_publisher_publishes(walk)
    the_columns_add_up(walk)
    the_public_reads_the_response(walk)
    the_filer_reads_the_results(walk, filer)


# ---------------------------------------------------------------------------------------------------- administrators


def the_operator_adds_the_first_administrator(walk: Walk) -> None:
    """What `portal staff` does on a fresh machine, and two people who have accounts already."""
    now = system_clock()
    with walk.sessions() as session:
        ministry = staff.create_ministry(session, SYSTEM, slug=walk.ministry, name_ko=f"시연부 {walk.language}",
                                         name_en=f"Ministry of Walks {walk.language}", now=now)
        for who, name in (("admin", "관리자"), ("publisher", "박공고"), ("approver", "최승인"),
                          ("citizen", "홍길동")):
            services.create_account(session, email=walk.address(who), name=name, confirmed=True, now=now,
                                    password_hash=passwords.hashed(PASSWORD), locale=walk.language)
        staff.give_roles(session, SYSTEM, ministry, email=walk.address("admin"), name="", roles=["administrator"],
                         locale=walk.language, now=now)
        session.commit()


def an_administrator_adds_staff(walk: Walk) -> Person:
    administrator = walk.signed_in("admin", "/admin/")
    administrator.open("/admin/staff/")
    for who, role in (("publisher", "publisher"), ("approver", "approver"), ("reviewer", "reviewer")):
        administrator.fill({"email": walk.address(who), "name": "김검토"})
        administrator.choose("roles", role)
        administrator.press_button("Add")
        assert walk.address(who) in administrator.words()
    # The reviewer is new here, and chooses a password by the mailed link, which the demonstration keeps on a page.
    reviewer = walk.somebody()
    reviewer.open(link_mailed_to(administrator, walk.address("reviewer")))
    reviewer.fill({"password": PASSWORD})
    reviewer.press_button("Set the password")
    administrator.open("/admin/staff/")
    administrator.press(administrator.page.get_by_role("row").filter(has_text=walk.address("approver")).get_by_role("link"))
    return administrator


def link_mailed_to(administrator: Person, address: str) -> str:
    """Wait for the newest mail to somebody on the outbox page, open it, and take the link out of its text."""
    deadline = system_clock() + timedelta(seconds=20)
    while True:
        administrator.page.goto(administrator.url + "/admin/mail/")
        row = administrator.page.get_by_role("row").filter(has_text=address).first
        if row.count():
            break
        assert system_clock() < deadline, f"no mail to {address}"
    administrator.look()
    row.get_by_role("link").click()
    administrator.page.wait_for_load_state()
    administrator.look()
    link = administrator.page.locator(".mail-text a").first.get_attribute("href")
    assert link
    return link.removeprefix(administrator.url)


# -------------------------------------------------------------------------------------------------------- publishers


def draft_of(language: str) -> tuple[bytes, int]:
    """The file that is imported, and how many clauses its main text has: in Korean the whole demonstration draft, in
    English an extract, for pages of 347 clauses are what takes long."""
    draft = source.read("draft_v1.json")
    if language == "en":
        draft["clauses"] = [c for c in draft["clauses"] if c["eid"].split("__")[0] in ARTICLES]
    return json.dumps(draft).encode(), len(draft["clauses"])


def a_publisher_makes_the_consultation(walk: Walk) -> None:
    file, clauses = draft_of(walk.language)
    told = source.consultation(source.OPEN)
    publisher = walk.signed_in("publisher", "/admin/")
    publisher.follow("Make a consultation")
    publisher.choose("kind", "legislative_notice")
    publisher.choose("draft_kind", "enactment")
    publisher.fill({"title_ko": told["title_ko"], "title_en": told["title_en"], "slug": walk.slug,
                    "number_prefix": f"WALK-{walk.language.upper()}"})
    publisher.press_button("Save and continue")

    publisher.page.locator('input[name="file"]').set_input_files(
        {"name": "draft_v1.json", "mimeType": "application/json", "buffer": file})
    publisher.press_button("Read the file")
    assert str(clauses) in publisher.words(".counts")
    assert publisher.say("Every line of the file found its place") in publisher.words()
    publisher.follow("Side by side")
    publisher.follow("Continue to the notice")

    publisher.fill({
        "notice_number": told["notice_number_ko"], "gazette_number": told["gazette_number_ko"],
        **{f"{name}_{code}": told[f"{name}_{code}"] for name in ("legal_basis", "reason", "method")
           for code in ("ko", "en")},
        **{f"main_content_{code}": source.points(told, code) for code in ("ko", "en")},
        **{f"receiving_body_{code}": source.receiving_body(told, code) for code in ("ko", "en")}})
    publisher.page.locator('[data-preview="notice"]').filter(has_text=told["gazette_number_ko"]).wait_for()
    publisher.press_button("Save and continue")

    # Forty days are there already; fewer ask for the record of the agreement.
    assert publisher.page.locator('[name="days"]').input_value() == "40"
    publisher.fill({"days": "30"})
    publisher.page.locator('[data-preview="period"] .alert--danger').wait_for()
    publisher.press_button("Save and continue", status=422)
    publisher.fill({"days": "40"})
    publisher.page.locator('[data-preview="period"] .alert--danger').wait_for(state="detached")
    assert publisher.page.locator(".count li").count() >= 2 and publisher.page.locator(".month").count() >= 2
    publisher.press_button("Save and continue")

    publisher.choose("comments_appear", "as_screened")
    publisher.page.get_by_label(publisher.say("Responses may be published while the period is open")).check()
    publisher.press_button("Save and continue")

    publisher.page.locator('select[name="kind"]').select_option("impact_analysis")
    publisher.page.locator('input[name="file"]').set_input_files(
        {"name": "규제영향분석서.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"})
    publisher.press_button("Attach")
    publisher.fill({"article_reasons_ko": "제정이유에 함께 적음.", "article_reasons_en": "Given with the reason."})
    publisher.press_button("Save the reasons")
    assert publisher.page.locator(".checks__item--missing").count() == 0
    publisher.press_button("Announce")
    assert publisher.page.url == f"{publisher.url}/admin/consultations/{walk.slug}/"


def a_publisher_extends_the_period(walk: Walk) -> None:
    publisher = walk.signed_in("publisher", f"/admin/consultations/{walk.slug}/")
    publisher.press(publisher.page.get_by_role("row").locator("a[href*='/extend']"))
    day = (datetime.now(SEOUL) + timedelta(days=60)).date()
    publisher.fill({"last_day": day.isoformat(), "reason_ko": "의견을 준비할 시간이 더 필요합니다.",
                    "reason_en": "More time is needed to prepare comments."})
    publisher.page.locator('[data-preview="extension"] .count__deadline').wait_for()
    publisher.press_button("Extend the period")
    assert publisher.page.get_by_role("table").first.get_by_text(
        {"ko": "의견을 준비할 시간이", "en": "More time is needed"}[walk.language]).count() == 1


# ------------------------------------------------------------------------------------------------------------ public


def the_public_reads(walk: Walk) -> None:
    told = source.consultation(source.OPEN)
    reader = walk.somebody()
    reader.open_when(walk.public(""), {"ko": "의견을 준비할 시간이 더", "en": "More time is needed"}[walk.language])
    notice = reader.words()
    # What 법제업무 운영규정 제15조 ③ ④ lists: content, body, period, method, analysis, text, reasons.
    for name in ("reason", "method", "legal_basis"):
        assert re.sub(r"\s+", " ", told[f"{name}_{walk.language}"])[:40] in notice, name
    assert source.receiving_body(told, walk.language).splitlines()[0] in notice
    assert told["main_content"][0][f"heading_{walk.language}"] in notice
    assert {"ko": "제정이유에 함께", "en": "Given with the reason"}[walk.language] in notice
    assert reader.page.locator('a[href*="/documents/"]').count() >= 1
    reader.press(reader.page.locator(f'main a[href="{walk.public("v1/")}"]').first)
    assert reader.page.locator(".draft__text .clause").count() >= draft_of(walk.language)[1]
    reader.open(walk.public("v1/a/23/1"))
    assert reader.page.locator("h1").inner_text().startswith({"ko": "제23조", "en": "Article 23"}[walk.language])
    other = {"ko": "In English", "en": "In Korean"}[walk.language]
    reader.page.locator("summary").filter(has_text=reader.say(other)).first.click()
    assert {"ko": "artificial intelligence", "en": "인공지능"}[walk.language] in reader.words(".the-clause")


# ------------------------------------------------------------------------------------------------------------ filers


def a_filer_signs_up(walk: Walk, administrator: Person) -> Person:
    filer = walk.somebody()
    filer.open(walk.public("v1/a/23/1"))
    filer.press(filer.page.locator('main a[href*="/comments/new?at="]').first)  # signing in comes first
    filer.follow("Sign up")
    filer.choose("kind", "company")
    filer.fill({"organisation_name_ko": f"마루솔랩 {walk.language}", "organisation_name_en": f"Marusol {walk.language}",
                "registration_number": "123-45-67890", "name": "이서명", "email": walk.address("filer"),
                "password": PASSWORD})
    filer.press_button("Sign up", status=422)  # the number's check digit is wrong
    assert filer.page.locator('[name="organisation_name_ko"]').input_value() == f"마루솔랩 {walk.language}"
    filer.fill({"registration_number": "", "password": PASSWORD})
    filer.press_button("Sign up")
    link = link_mailed_to(administrator, walk.address("filer"))
    filer.open(link)
    filer.fill({"password": PASSWORD})
    filer.press_button("Confirm and sign in")
    return filer


def write(filer: Person, walk: Walk, at: str, position: str, reason: str) -> None:
    """Open the editor at a place and begin a comment there."""
    filer.open(f"/workspace/{walk.slug}/comments/new?at={at}")
    filer.choose("position", position)
    filer.fill({"reason": reason})


def a_filer_writes(walk: Walk, filer: Person) -> None:
    korean, english = source_words(CLAUSE)
    own = {"ko": korean, "en": english}[walk.language]
    filer.open("/workspace/")
    filer.open(f"/workspace/{walk.slug}/?q=" + {"ko": "23조 1항", "en": "Article 23 (1)"}[walk.language])
    filer.press(filer.page.locator(f'[id="{CLAUSE}"] a[href*="at={CLAUSE}"]').first)

    # A fragment, with the redline while typing; the text saves itself, and stands there after coming back.
    old, new = {"ko": ("미리 고지하여야", "미리 알기 쉽게 고지하여야"),
                "en": ("in advance", "in advance and in plain words")}[walk.language]
    assert own.count(old) == 1
    filer.choose("position", "amend")
    filer.choose("proposal_form", "fragment")
    filer.fill({"fragment_old": old, "fragment_new": new})
    filer.page.locator(".wording__redline ins").first.wait_for()
    heard = re.sub(r"\s+", " ", filer.page.locator(".wording__redline .redline").text_content() or "")
    assert filer.say("[inserted:") in heard and filer.say("end]") in heard
    filer.fill({"reason": REASON[walk.language]})
    saved = filer.page.locator("[data-saved]")
    saved.filter(has_text=re.compile(r"\d\d:\d\d")).wait_for()
    filer.open(f"/workspace/{walk.slug}/")
    filer.press(filer.page.locator(".my-comment__address").first)
    assert filer.page.locator('[name="reason"]').input_value() == REASON[walk.language]
    assert filer.page.locator(".wording__redline ins").count() >= 1

    # The whole clause anew, starting from its own words.
    write(filer, walk, "art_1", "amend", REASON[walk.language])
    filer.choose("proposal_form", "full_text")
    field = filer.page.locator('[name="full_text"]')
    start = field.input_value()
    assert start and start == {"ko": source_words("art_1")[0], "en": source_words("art_1")[1]}[walk.language]
    field.fill(start + {"ko": " 소상공인을 배려한다.", "en": " It has regard to small operators."}[walk.language])
    filer.page.locator(".wording__redline ins").first.wait_for()
    filer.press_button("Save")

    write(filer, walk, "art_12__para_4", "oppose", REASON[walk.language])
    filer.choose("proposal_form", "deletion")
    filer.page.locator(".wording__redline del").first.wait_for()
    filer.press_button("Save")

    write(filer, walk, "after_art_23", "amend", REASON[walk.language])
    filer.choose("proposal_form", "new_clause")
    filer.fill({"new_clause": {"ko": "제23조의2(계도기간) 이 조의 의무는 1년간 계도한다.",
                               "en": "Article 23-2 (Grace Period) The duty is guided for one year."}[walk.language]})
    filer.page.locator(".wording__redline ins").first.wait_for()  # what is drawn while one types moves what is below
    filer.press_button("Save")

    # Words that must stay secret are selected and marked; what the public would read is one press away.
    write(filer, walk, "doc", "question", f"{REASON[walk.language]}\n{SECRET[walk.language]}")
    filer.page.locator('[name="reason"]').evaluate(
        "(field, words) => { field.focus(); const at = field.value.indexOf(words);"
        " field.setSelectionRange(at, at + words.length); }", SECRET[walk.language])
    filer.page.locator("summary").filter(has_text=filer.say("Keep words confidential")).click()
    filer.page.get_by_role("button", name=filer.say("Mark the selected words")).click()
    assert filer.page.locator('[name$="-words"]').input_value() == SECRET[walk.language]
    filer.page.locator('select[name$="-ground"]').select_option("trade_secret")
    filer.press_button("See the public version")
    public = filer.words(".public-card")
    assert SECRET[walk.language] not in public and filer.say("Withheld") in public
    filer.follow("Back to the comment")


def source_words(eid: str) -> tuple[str, str]:
    """The clause's words in the demonstration draft."""
    [clause] = [c for c in source.read("draft_v1.json")["clauses"] if c["eid"] == eid]
    return clause["text_ko"], clause["text_en"]


def a_filer_files(walk: Walk, filer: Person) -> None:
    filer.open(f"/workspace/{walk.slug}/review")
    assert filer.page.locator(".filed").count() == 5
    filer.press_button("File now", status=422)  # the terms were not agreed to
    filer.page.locator("summary").filter(has_text=filer.say("The terms of filing, in full")).click()
    filer.look()
    filer.page.locator('[name="terms_agreed"]').check()
    filer.press_button("File now")
    receipt = filer.page.locator(".receipt__number").inner_text()
    assert receipt.startswith("R-") and filer.page.locator(".receipt .digest").count() == 3
    walk.receipts.append(receipt)
    with filer.page.expect_download() as download:
        filer.page.get_by_role("link", name=filer.say("Download the receipt")).click()
    text = download.value.path().read_text()
    verifier = walk.somebody()
    verifier.open(f"/receipts/verify?lang={walk.language}")
    verifier.fill({"receipt": text})
    verifier.press(verifier.page.locator("main form button[type=submit]"))
    assert receipt in verifier.words()


def a_filer_corrects(walk: Walk, filer: Person) -> None:
    """Until the deadline a new filing takes the place of the old one, and another organisation takes its own back."""
    filer.open(f"/workspace/{walk.slug}/")
    filer.page.locator(".my-comment__address").last.click()
    filer.page.wait_for_load_state()
    filer.fill({"legal_basis": "EU AI Act, Article 50"})
    filer.press_button("Save, then review and file")
    filer.page.locator('[name="terms_agreed"]').check()
    filer.press_button("File now")
    walk.receipts.append(filer.page.locator(".receipt__number").inner_text())
    assert len(set(walk.receipts)) == 2
    filer.open(f"/workspace/{walk.slug}/filings/")
    assert filer.page.locator("tbody tr").count() == 2
    filer.open(f"/workspace/{walk.slug}/filings/1")
    assert filer.say("A later filing has taken its place") in filer.words()


def an_individual_withdraws(walk: Walk) -> None:
    """Somebody who files alone, and takes it back with a reason."""
    citizen = walk.signed_in("citizen", "/workspace/")
    citizen.press_button("File as an individual")
    write(citizen, walk, "art_2", "support", REASON[walk.language])
    citizen.press_button("Save, then review and file")
    citizen.page.locator('[name="terms_agreed"]').check()
    citizen.press_button("File now")
    citizen.open(f"/workspace/{walk.slug}/withdraw")
    citizen.press_button("Withdraw", status=422)  # without a reason
    citizen.fill({"reason": {"ko": "잘못 제출하였습니다.", "en": "Filed by mistake."}[walk.language]})
    citizen.press_button("Withdraw")
    assert {"ko": "잘못 제출하였습니다.", "en": "Filed by mistake."}[walk.language] in citizen.words()


def the_public_sees_what_was_filed(walk: Walk) -> None:
    """The newest filing only; a withheld comment as withheld; what was withdrawn as withdrawn; nobody's own name."""
    reader = walk.somebody()
    withdrawn = reader.say("withdrawn")
    walk.publish_soon()
    reader.open_when(walk.public("submissions/"), withdrawn)
    rows = reader.page.locator("tbody tr")
    assert rows.count() == 2
    assert "홍○○" in reader.words("tbody") and "홍길동" not in reader.words()
    filed = rows.filter(has_text={"ko": "마루솔랩", "en": "Marusol"}[walk.language])
    assert filed.get_by_role("link").inner_text().startswith(f"WALK-{walk.language.upper()}-")
    reader.press(filed.get_by_role("link"))
    shown = reader.words()
    assert SECRET[walk.language] not in shown and "이서명" not in shown and walk.receipts[1] not in shown
    assert reader.page.locator(".comment--withheld").count() == 1
    assert reader.page.locator("ins").count() >= 3 and reader.page.locator("del").count() >= 1
    reader.open(walk.public("v1/a/23/1"))
    assert REASON[walk.language][:20] in reader.words()
    side = reader.words(".reading__side")
    counted = datetime.now(SEOUL)
    assert reader.say("Amend") in side and str(counted.year) in side  # how many of which position, and when counted
    draft = reader.page.request.get(reader.url + walk.public("v1/")).text()
    assert draft.count("clause-margin__count") == 4  # three clauses, and the article after which one is asked for
    reader.open({"ko": "/search?q=소상", "en": "/search?q=operators&lang=en"}[walk.language])
    assert reader.page.locator(".comment").count() >= 2


# --------------------------------------------------------------------------------------------------------- reviewers


def a_reviewer_makes_a_code_list(walk: Walk) -> None:
    reviewer = walk.signed_in("reviewer", f"/review/{walk.slug}/code-list")
    for kind, korean, english in (("topics", "투명성", "Transparency"), ("tags", "고지 방법", "Manner of notice")):
        form = reviewer.page.locator(f'form[action$="/code-list/{kind}"]')
        form.locator('[name$="name_ko"]').fill(korean)
        form.locator('[name$="name_en"]').fill(english)
        reviewer.press(form.locator('button[type="submit"]'))
    assert {"ko": "고지 방법", "en": "Manner of notice"}[walk.language] in reviewer.words()


def a_reviewer_works_the_queue(walk: Walk) -> None:
    """Filters (OR within, AND across), search for two syllables, a tag, a cluster, a second segment moved into it."""
    reviewer = walk.signed_in("reviewer", "/review/")
    page, queue = reviewer.page, f"/review/{walk.slug}/?coverage=untriaged"
    # All has come in when what was superseded (five comments) and withdrawn (one) counts no more.
    reviewer.open_when(f"/review/{walk.slug}/?coverage=excused", translate(
        nmsg("%(num)s segment", "%(num)s segments", 6), walk.language))
    reviewer.open(queue)
    rows = page.locator(".queue-item")
    assert rows.count() == 5
    page.locator("#search-q").fill({"ko": "소상", "en": "operators"}[walk.language])
    page.locator("#search-q").press("Enter")
    page.wait_for_url("**/*q=*")
    reviewer.look()
    assert rows.count() == 5
    for position, count in (("amend", 3), ("oppose", 4)):
        with page.expect_navigation():
            page.locator(f'.facets input[name="position"][value="{position}"]').check()
        page.wait_for_load_state()
        assert rows.count() == count
    reviewer.look()
    reviewer.open(f"{queue}&q=" + {"ko": "블록체인", "en": "blockchain"}[walk.language])
    assert rows.count() == 0

    reviewer.open(queue)
    page.locator('.queue-item__words[href*="at="]').first.click()
    page.locator("[data-pane]").wait_for()
    reviewer.look()
    tag = {"ko": "고지 방법", "en": "Manner of notice"}[walk.language]
    page.locator("#bar-tag").fill(tag)
    page.locator('[data-act="tag"] button[name="stay"]').click()
    page.locator(".decisions .tag").filter(has_text=tag).wait_for()
    page.locator(".work-bar__more summary").click()
    page.locator("#bar-new").fill({"ko": "고지의 방법을 고르게 하자", "en": "Leave a choice of notice"}[walk.language])
    page.locator("#bar-new").press("Enter")
    page.locator("[data-done]").wait_for()
    reviewer.look()

    # A second one moved in; then out again; and that taken back.
    reviewer.open(queue)
    page.locator('.queue-item__words[href*="at="]').first.click()
    moved = page.locator("[data-pane]")
    moved.wait_for()
    moved_id = moved.get_attribute("data-segment")
    page.locator("#bar-cluster").select_option(index=1)
    page.locator('[data-act="cluster"] button').click()
    page.locator("[data-done]").wait_for()
    reviewer.open(f"/review/{walk.slug}/?at={moved_id}")
    page.locator('.decisions form[action$="/cluster"] button').click()
    page.locator("[data-done]").wait_for()
    assert page.locator('.decisions form[action$="/cluster"]').count() == 0
    page.locator("[data-done] button").click()
    page.locator("[data-done]").wait_for(state="detached")
    assert page.locator('.decisions form[action$="/cluster"]').count() == 1
    reviewer.open(queue)
    assert rows.count() == 3


def a_reviewer_answers(walk: Walk) -> None:
    reviewer = walk.signed_in("reviewer", f"/review/{walk.slug}/clusters/")
    reviewer.press(reviewer.page.locator(".cluster-card a"))
    assert reviewer.page.locator(".queue-item").count() == 2
    reviewer.press_button("Write the response")
    form = reviewer.page.locator("form.answer-form")
    reviewer.press(form.locator('button[name="act"][value="send"]'), status=422)  # saved, but not ready to be sent on
    reviewer.choose("disposition", "partly_accepted")
    reviewer.fill({"text_ko": RESPONSE["ko"], "text_en": RESPONSE["en"]})
    reviewer.press(reviewer.page.locator('form.answer-form button[name="act"][value="send"]'))
    assert reviewer.page.get_by_role("button", name=reviewer.say("Approve this text")).count() == 0


def step(walk: Walk, who: str, button: str) -> None:
    """Somebody else finds the response among what waits, reads it, and takes it one step on."""
    person = walk.signed_in(who, "/review/")
    person.press(person.page.locator(".waits a"))
    person.press(person.page.locator("tbody th a"))
    assert RESPONSE[walk.language] in person.words(".answer-text")
    person.press(person.page.get_by_role("button", name=person.say(button, n=1)))


def an_approver_approves(walk: Walk) -> None:
    step(walk, "approver", "Approve this text")


def a_publisher_publishes(walk: Walk) -> None:
    step(walk, "publisher", "Publish edition %(n)s")


def the_columns_add_up(walk: Walk) -> None:
    """Under every filter each row adds up to its total, and the rows to what was received."""
    reviewer = walk.signed_in("reviewer", "/review/")
    received: dict[str, int] = {}
    for narrowed in ("", "?position=amend", "?kind=company", "?position=amend&position=oppose&kind=company",
                     "?kind=individual"):
        reviewer.open(f"/review/{walk.slug}/coverage{narrowed}")
        for table in ("by-article", "by-kind"):
            rows = reviewer.page.locator(f"table:has(#{table}-caption) tbody tr, #{table} tbody tr").evaluate_all(
                "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => parseInt(cell.innerText) || 0))")
            assert len(rows) >= 2, table
            assert all(sum(row[:-1]) == row[-1] for row in rows), rows
            assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1], rows
            received.setdefault(narrowed, rows[-1][-1])
            assert received[narrowed] == rows[-1][-1]
    assert received["?position=amend"] < received["?position=amend&position=oppose&kind=company"] < received[""]


# -------------------------------------------------------------------------------------------------------- the result


def the_public_reads_the_response(walk: Walk) -> None:
    reader = walk.somebody()
    walk.publish_soon()
    reader.open_when(walk.public("responses/"), RESPONSE[walk.language])
    reader.press(reader.page.locator(".response__foot a"))
    answered = reader.page.locator(".comment__clause")
    assert reader.page.locator(".comment, .comment--withheld").count() == 2
    reader.press(answered)
    assert RESPONSE[walk.language] in reader.words(".response") and reader.say("Partly accepted") in reader.words()
    assert reader.page.locator(".comment").count() >= 1


def the_filer_reads_the_results(walk: Walk, filer: Person) -> None:
    filer.open(f"/workspace/{walk.slug}/results")
    results = filer.page.locator(".result")
    assert results.count() == 5
    assert results.filter(has_text=RESPONSE[walk.language]).count() == 2
    assert results.filter(has_text=filer.say("Not answered yet")).count() == 3
