"""A record opened in its row by keyboard, and rows that are held while someone reads; hostile records stay text."""

import gzip
import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal.local.ministack import root_session
from tests.journeys.browser import browser_errors, needs_chromium, sign_in
from tests.journeys.demo import PASSWORD, Demo
from tests.journeys.test_accessibility import LOOKS, page_of, violations_on
from tests.journeys.test_live_records import STREAM, counts_on, open_stream
from tests.monitoring.decode.test_decoder_chain import kpl

pytestmark = [pytest.mark.audit, needs_chromium, pytest.mark.usefixtures("aws")]
WAIT = 60_000


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_stream(page, demo)
    expect(page.locator("[data-live]")).to_contain_text("Live")
    yield page
    context.close()


def put(data: bytes, key: str = "k") -> None:
    root_session("444455556666").client("kinesis").put_record(StreamName=STREAM, Data=data, PartitionKey=key)


def row_with(page: Page, text: str) -> Locator:
    return page.locator("#records > tr").filter(has_text=text).first


def open_by_keyboard(page: Page, row: Locator) -> None:
    row.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(row.get_by_text("How it was decoded", exact=True)).to_be_visible()


def test_a_row_opens_by_keyboard_and_holds_the_others_until_it_is_closed(page: Page) -> None:
    errors = browser_errors(page)
    put(b'{"mark":"first-7","low":1e400,"low":1.10}')
    expect(row_with(page, "first-7")).to_be_visible(timeout=WAIT)
    row = page.locator(f"#{row_with(page, 'first-7').get_attribute('id')}")
    open_by_keyboard(page, row)
    expect(row.locator("code:visible")).to_have_text('{\n  "mark": "first-7",\n  "low": 1e400,\n  "low": 1.10\n}')
    row.get_by_role("button", name="Copy Readable").click()
    expect(page.locator("[data-announce]")).to_contain_text("Copied")
    for view, text in (
        ("As sent", '"low":1e400,"low":1.10}'),
        ("Bytes", "00000000  7b 22 6d 61"),
        ("How it was", "JSON, 4"),
    ):
        row.locator("summary", has_text=view).focus()
        page.keyboard.press("Enter")
        expect(row.get_by_text(text).locator("visible=true").first).to_be_visible()
    row.get_by_role("button", name="Copy how it was decoded").click()
    expect(page.locator("[data-announce]")).to_contain_text("Copied")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.splitlines() == [line.strip() for line in copied.splitlines() if line.strip()]
    assert copied.startswith("JSON, 4")
    listed = page.locator("#records > tr").evaluate_all("rows => rows.map(row => row.id)")
    for number in range(3):
        put(b'{"held": %d}' % number)
    button = page.get_by_role("button", name=re.compile(r"Show \d+ new records?"))
    expect(button).to_be_visible(timeout=WAIT)
    expect(page.locator("[data-announce]")).to_contain_text("The rows are held.", timeout=WAIT)
    assert page.locator("#records > tr").evaluate_all("rows => rows.map(row => row.id)") == listed
    total, shown, unlisted = counts_on(page)
    assert total == shown + unlisted
    button.focus()
    page.keyboard.press("Enter")
    expect(row_with(page, '"held": 2')).to_be_visible(timeout=WAIT)
    expect(button).to_be_hidden()
    page.evaluate("() => htmx.trigger(document.body, 'sluice:resumed')")  # sends the same rows again, closed
    put(b'{"after": "all"}')
    expect(row_with(page, '"after": "all"')).to_be_visible(timeout=WAIT)
    expect(row).to_have_count(1)
    expect(row.get_by_text("How it was decoded", exact=True)).to_be_visible()
    assert errors == []


def test_focus_selection_and_the_pointer_hold_and_let_go(page: Page) -> None:
    put(b'{"mark": "held-by"}')
    expect(row_with(page, "held-by")).to_be_visible(timeout=WAIT)
    row = page.locator(f"#{row_with(page, 'held-by').get_attribute('id')}")
    button = page.get_by_role("button", name=re.compile("Show .* new record"))
    holds = {
        "focus": (row.locator("summary").first.focus, lambda: page.locator("h1").click()),
        "selection": (
            lambda: row.evaluate("row => getSelection().selectAllChildren(row)"),
            lambda: page.evaluate("() => getSelection().removeAllRanges()"),
        ),
        "pointer": (row.locator("td").first.hover, lambda: page.mouse.move(2, 2)),
    }
    for name, (hold, let_go) in holds.items():
        hold()
        put(json.dumps({"while": name}).encode())
        expect(button).to_be_visible(timeout=WAIT)
        expect(row_with(page, f'"while": "{name}"')).to_have_count(0)
        let_go()
        expect(row_with(page, f'"while": "{name}"')).to_be_visible(timeout=WAIT)


def test_with_a_finger_an_open_row_holds(browser: Browser, page: Page) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "reduced_motion": "reduce"}
    context = browser.new_context(**phone, storage_state=page.context.storage_state())
    touched = context.new_page()
    touched.goto(page.url)
    expect(touched.locator("[data-live]")).to_contain_text("Live")
    put(b'{"mark": "touched"}')
    expect(row_with(touched, "touched")).to_be_visible(timeout=WAIT)
    row = touched.locator(f"#{row_with(touched, 'touched').get_attribute('id')}")
    row.locator("summary").first.tap()
    expect(row.get_by_text("How it was decoded", exact=True)).to_be_visible()
    touched.evaluate("() => document.activeElement.blur()")  # what holds is that it is open
    put(b'{"while": "open"}')
    button = touched.get_by_role("button", name=re.compile("Show .* new record"))
    expect(button).to_be_visible(timeout=WAIT)
    row.locator("summary").first.tap()
    touched.evaluate("() => document.activeElement.blur()")
    expect(row_with(touched, '"while": "open"')).to_be_visible(timeout=WAIT)
    expect(button).to_be_hidden()
    context.close()


def test_more_than_a_page_keeps_is_counted_and_not_held(page: Page) -> None:
    put(b'{"mark": "many"}')
    expect(row_with(page, "many")).to_be_visible(timeout=WAIT)
    held = page.evaluate(
        """() => {
            const body = document.querySelector("#records");
            body.querySelector("summary").focus();
            for (let at = 0; at < 40; at += 1) {
                const rows = Array.from({ length: 50 }, (_, n) => `<tr\\n id="r-f${at}x${n}"><td>new</td></tr>`);
                body.dispatchEvent(new CustomEvent("htmx:sseBeforeMessage",
                    { bubbles: true, cancelable: true, detail: { data: rows.join("") } }));
            }
            return document.querySelector("[data-show-held]").textContent.trim();
        }"""
    )
    assert re.fullmatch(r"Show the newest (500|4[5-9]\d) of 2,00\d new records", held)
    page.locator("[data-show-held]").click()
    expect(page.locator("#records > tr")).to_have_count(500)


def test_hostile_records_are_text_in_every_view(page: Page) -> None:
    errors = browser_errors(page)
    markup = "<img src=x onerror=alert(1)></pre></code><script>alert(2)</script>"
    records = {
        "markup": json.dumps({"mark": "markup", "x": markup}).encode(),
        "marks": '{"mark": "marks", "x": "\u202egnp.\u2066\u001b[2J\u0000"}'.encode(),
        "broken": b"mark: broken \xc3\x28 \xff" + b"x" * 40,
        "nested": gzip.compress(kpl(("k", gzip.compress(b'{"mark": "nested"}')))),
        "large": json.dumps({"mark": "large", "x": "y" * 1_000_000}).encode(),
    }
    for name, data in records.items():
        put(data)
        expect(row_with(page, name)).to_be_visible(timeout=WAIT)
        row = page.locator(f"#{row_with(page, name).get_attribute('id')}")
        open_by_keyboard(page, row)
        for view in ("As sent", "Bytes", "How it was"):
            row.locator("summary", has_text=view).first.click()
        assert row.locator("img, script, pre pre").count() == 0
        assert "\u202e" not in row.inner_text()
        if name == "large":
            row.locator("summary", has_text="Readable").click()
            expect(row.locator("details[open] p:visible").first).to_contain_text(
                "The first 65,536 of 1,000,026 characters"
            )
            row.locator("summary", has_text="Bytes").click()
            with page.expect_download() as download:
                row.get_by_role("link", name="Download the data record").click()
            assert download.value.path().read_bytes() == data
        row.locator("summary").first.click()
        page.locator("h1").click()
    assert errors == []


def test_the_largest_record_that_a_stream_can_have_is_shown_and_downloaded_whole(page: Page) -> None:
    kinesis = root_session("444455556666").client("kinesis")
    summary = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
    stream, most = summary["StreamARN"], summary["MaxRecordSizeInKiB"]
    kinesis.update_max_record_size(StreamARN=stream, MaxRecordSizeInKiB=10_240)
    try:
        start = b'{"mark": "largest", "x": "'
        data = start + b"y" * (10 * 1_048_576 - len(start) - len('"}k')) + b'"}'
        put(data)
    finally:
        kinesis.update_max_record_size(StreamARN=stream, MaxRecordSizeInKiB=most)
    expect(row_with(page, "largest")).to_be_visible(timeout=WAIT)
    row = page.locator(f"#{row_with(page, 'largest').get_attribute('id')}")
    open_by_keyboard(page, row)
    row.locator("summary", has_text="Bytes").click()
    with page.expect_download() as download:
        row.get_by_role("link", name="Download the data record").click()
    assert download.value.path().read_bytes() == data


def test_without_javascript_a_row_opens_and_leads_to_its_page(browser: Browser, page: Page) -> None:
    put(b'{"mark": "plain-7"}')
    expect(row_with(page, "plain-7")).to_be_visible(timeout=WAIT)
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(page.url)
    row = row_with(plain, "plain-7")
    row.locator("summary").first.focus()
    plain.keyboard.press("Enter")
    row.get_by_role("link", name="Show text, bytes and decoding").click()
    expect(plain.get_by_role("heading", name="Record", exact=True)).to_be_visible()
    plain.locator("summary", has_text="Bytes").click()
    expect(plain.get_by_text("00000000  7b 22 6d 61")).to_be_visible()
    expect(plain.locator("button.needs-js:visible")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_an_opened_row_has_no_barrier(browser: Browser, demo: Demo, look: str) -> None:
    page = page_of(browser, demo, "admin@contoso.example", look)
    page.goto(f"{demo.url}/t/contoso/streams/")
    address = page.locator("main a[href*='/streams/']").first.get_attribute("href")
    page.goto(f"{demo.url}{address}")
    expect(page.locator("[data-live]")).to_contain_text("Live")
    put(b'{"mark": "axe-%s"}' % look[:4].encode())
    expect(row_with(page, f"axe-{look[:4]}")).to_be_visible(timeout=WAIT)
    row = page.locator(f"#{row_with(page, f'axe-{look[:4]}').get_attribute('id')}")
    open_by_keyboard(page, row)
    found = violations_on(page)
    for view in ("As sent", "Bytes", "How it was"):
        row.locator("summary", has_text=view).click()
        found += violations_on(page)
    assert found == []
    page.context.close()


def test_masked_staff_receive_no_byte_of_a_value(browser: Browser, demo: Demo, page: Page) -> None:
    secret = "Zq7XwSecret"
    context = browser.new_context()
    staff = context.new_page()
    received: list[str] = []
    staff.on("response", lambda answer: received.append(answer.text()) if "/record/" in answer.url else None)
    sign_in(staff, demo.url, "operator@halcyon.example", PASSWORD)
    staff.goto(page.url)
    staff.locator("[name=reason]").fill("A test of masking")
    staff.locator("main button[type=submit]").click()
    expect(staff.locator("[data-live]")).to_contain_text("Live")
    put(json.dumps({secret: {secret: [secret] * 7}}).encode(), secret)
    row_masked = '{"•••1": {"•••1": ["•••", "•••", "•••", "•••", "•••", "•••", "•••"]}}'
    expect(row_with(staff, row_masked)).to_be_visible(timeout=WAIT)
    row = staff.locator(f"#{row_with(staff, row_masked).get_attribute('id')}")
    open_by_keyboard(staff, row)
    row.locator("summary", has_text="Bytes").click()
    expect(row.get_by_text("Not shown: the bytes have values")).to_be_visible()
    assert received
    for text in [*received, staff.content()]:
        assert secret not in text
        assert secret.encode().hex(" ") not in text
    context.close()


def test_a_row_of_history_opens_with_its_bytes(page: Page) -> None:
    errors = browser_errors(page)
    data = json.dumps({"mark": "past-7", "x": "z" * 5_000}).encode()
    put(data)
    expect(row_with(page, "past-7")).to_be_visible(timeout=WAIT)
    page.get_by_role("link", name="Records", exact=True).click()
    page.get_by_role("button", name="Show").click()
    row = page.locator("#history tbody > tr").filter(has_text="past-7").first
    expect(row).to_be_visible(timeout=WAIT)
    open_by_keyboard(page, row)
    row.locator("summary", has_text="Bytes").click()
    with page.expect_download() as download:
        row.get_by_role("link", name="Download the data record").click()
    assert download.value.path().read_bytes() == data
    assert errors == []
