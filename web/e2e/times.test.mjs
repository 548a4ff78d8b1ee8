// Moments in all ways they are written (§4.7): one popover for the page, and dates as people type them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

const at = "2026-03-01 12:34:56.789Z";
fixture(async () => {
  await seed(server.pb, 40);
  await server.pb.collection("posts").update("000000000000000", { at });
});

const moment = (p) => p.page.getByRole("dialog", { name: /^The moment/ });
const copied = (p) => p.page.evaluate(() => navigator.clipboard.readText());
const stored = async () => (await server.pb.collection("posts").getOne("000000000000000")).at;

/** The records with the column of the date in view, and its first cell. */
async function records(options) {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id", viewport: { width: 1900, height: 800 }, ...options });
  await p.page.locator("time").first().waitFor();
  return [p, p.page.getByRole("gridcell").filter({ has: p.page.locator('time[datetime="2026-03-01T12:34:56.789Z"]') })];
}

test("A11Y-2 the time of a cell by its menu: each way is copied by a key, and Escape is back at the cell", async () => {
  const [p, cell] = await records();
  await cell.focus();
  await p.press(".");
  await p.focusOn("menuitem", "Show this value alone");
  await p.type("Show this t");
  await p.focusOn("menuitem", "Show this time in all ways");
  await p.press("Enter");
  await p.focusOn("button", /^Copy/, moment(p));
  assert.deepEqual(await p.axe(), []);
  const unix = String(Math.floor(Date.parse(at) / 1000));
  for (const want of [/^2026-03-0\d \d\d:\d\d:56$/, /^2026-03-01 12:34:56\.789Z$/, /(ago|in|last|next|now|month)/, new RegExp(`^${unix}$`)]) {
    await p.press("Enter");
    await p.page.getByText("Copied.").first().waitFor();
    assert.match(await copied(p), want);
    await p.press("Tab");
  }
  await p.press("Escape");
  await moment(p).waitFor({ state: "hidden" });
  await p.page.waitForFunction((el) => el === document.activeElement, await cell.elementHandle());
  await p.press("ArrowLeft"); // the grid goes on
  await p.page.waitForFunction(() => document.activeElement.matches("[role=gridcell]"));
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("a pointer on a time shows it, may go over to it, and leaves it; letters are shortcuts meanwhile", async () => {
  const [p, cell] = await records({ theme: "dark" });
  await cell.locator("time").hover();
  await moment(p).waitFor();
  assert.equal(await moment(p).count(), 1);
  assert.deepEqual(await p.axe(), []);
  await p.click(moment(p).getByRole("button", { name: /UTC/ }));
  await p.page.getByText("Copied.").waitFor();
  assert.equal(await copied(p), at);
  await p.page.mouse.move(5, 400);
  await moment(p).waitFor({ state: "hidden" });
  await cell.locator("time").hover();
  await moment(p).waitFor();
  await p.press("Escape");
  await moment(p).waitFor({ state: "hidden" });
  await p.page.mouse.move(5, 400);
  await cell.locator("time").hover();
  await moment(p).waitFor();
  await p.press("n");
  await p.page.getByRole("form", { name: "New record in posts" }).waitFor();
  await moment(p).waitFor({ state: "hidden" });
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("A11Y-2 the focus on a time of a record shows it, Enter leads into it, Escape out of it, and another Escape out of the record", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id&r=000000000000000", viewport: { width: 390, height: 800 } });
  const form = p.page.getByRole("form");
  await p.reach("button", /^2026-03-01/, { within: form });
  await moment(p).waitFor();
  await p.press("Enter");
  await p.focusOn("button", /^Copy/, moment(p));
  const box = await moment(p).boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 390, "it is in view on a phone");
  await p.press("Escape");
  await moment(p).waitFor({ state: "hidden" });
  await p.focusOn("button", /^2026-03-01/, form);
  await p.press("Enter"); // at once, before the focus alone has shown it
  await p.focusOn("button", /^Copy/, moment(p));
  await p.press("Escape");
  await p.focusOn("button", /^2026-03-01/, form);
  await p.click(form.getByRole("button", { name: /^2026-03-01/ }));
  await p.click(moment(p).getByRole("button", { name: /^Copy Unix/ }));
  await p.page.getByText("Copied.").waitFor();
  assert.ok(await form.isVisible(), "a press on what lies over a layer does not leave it");
  await p.click(p.page.getByRole("button", { name: "Close notice" }).first());
  await moment(p).waitFor({ state: "hidden" });
  assert.ok(await form.isVisible(), "nor does one on a notice, which is read out meanwhile");
  await p.press("Escape");
  await form.waitFor({ state: "hidden" });
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("A11Y-2 the times of a gallery's tile by a key, one after the other, and Escape is back at the tile", async () => {
  await server.pb.collections.create({ name: "shots", type: "base", fields: [{ name: "photo", type: "file", maxSelect: 1 }, { name: "taken", type: "date" }, { name: "sent", type: "date" }] });
  for (const day of ["01", "02"]) await server.pb.collection("shots").create({ taken: `2026-03-${day} 12:00:00.000Z`, sent: `2026-04-${day} 12:00:00.000Z` });
  const p = await Person.arrive(browser, server, { at: "/c/shots?layout=gallery&s=taken" });
  const grid = p.grid("shots");
  await grid.locator("time").nth(3).waitFor();
  await grid.focus();
  await p.press("ArrowRight");
  for (const month of ["03", "04", "03"]) {
    await p.press(".");
    await p.page.getByRole("dialog", { name: new RegExp(`^The moment 2026-${month}-02`) }).waitFor();
    await p.focusOn("button", /^Copy/, moment(p));
    await p.press("Escape");
    await moment(p).waitFor({ state: "hidden" });
    await p.page.waitForFunction((el) => el === document.activeElement, await grid.elementHandle());
  }
  await p.press("ArrowLeft", ".");
  await p.page.getByRole("dialog", { name: /^The moment 2026-03-01/ }).waitFor();
  assert.deepEqual(await p.axe(), []);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("dates are typed as people say them, and saved at once: a day is its 00:00, junk changes nothing", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id&r=000000000000000" });
  const input = p.page.getByRole("form").getByRole("textbox", { name: "at" });
  const save = async (typed) => {
    await input.fill(typed);
    await p.press("Control+s");
  };
  const local = (...parts) => p.page.evaluate((parts) => { const d = new Date(); return new Date(d.getFullYear(), d.getMonth(), d.getDate() + parts[0], parts[1]).toISOString().replace("T", " "); }, parts);
  for (const [typed, want] of [["2026-07-04", await p.page.evaluate(() => new Date(2026, 6, 4).toISOString().replace("T", " "))], ["today 9:00", await local(0, 9)], ["tomorrow", await local(1, 0)], ["2026-07-04T10:00+02:00", "2026-07-04 08:00:00.000Z"]]) {
    const done = p.page.waitForResponse((r) => r.request().method() === "PATCH");
    await save(typed);
    await done;
    assert.equal(await stored(), want, typed);
    await p.page.getByText("Saved.").first().waitFor();
  }
  const done = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await save("+2d");
  await done;
  assert.ok(Math.abs(Date.parse(await stored()) - Date.now() - 2 * 86_400_000) < 3_700_000);
  const before = await stored();
  await save("2026-02-30");
  await p.page.getByText("Nothing has changed.").waitFor();
  await p.press("Tab");
  await p.page.getByText("This is no time.").waitFor();
  assert.equal(await stored(), before);
  assert.deepEqual(p.errors, []);
  await p.leave();
});
