// Ways to edit records: at once, together, or not at all. The dashboard's specification §4.4 and §4.5.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";

fixture(() => seed(server.pb, 300));

const posts = () => server.pb.collection("posts");
const values = (name, ...rows) => Promise.all(rows.map(async (i) => (await posts().getOne(id(i)))[name]));
const dialog = (p) => p.page.getByRole("dialog");
const button = (p, name) => p.page.getByRole("button", { name, exact: true });
const bar = (p) => p.page.getByRole("region", { name: "Changes that are not saved" });
const unsaved = (p, words) => bar(p).getByText(words).waitFor();

/** Somebody at the posts from one on, in a way to edit, who hears nothing of what others do meanwhile. */
async function editing(mode, first, options = {}) {
  const p = await Person.arrive(browser, server, { at: "/start", ...options });
  await p.page.locator("h1").first().waitFor();
  await p.intercept("**/api/realtime", (r) => r.abort());
  await p.editIn(mode);
  await p.open(`/c/posts?s=id&q=${encodeURIComponent(`id >= "${id(first)}"`)}`);
  await p.cell(0, 1).filter({ hasText: id(first) }).waitFor();
  await p.page.getByText(/^\d+ records? match/).waitFor();
  p.sent = [];
  p.page.on("request", (r) => ["PATCH", "POST"].includes(r.method()) && /records|batch/.test(r.url()) && p.sent.push(r.url()));
  return p;
}

async function edit(p, row, column, text) {
  await p.doubleClick(p.cell(row, column));
  await p.cell(row, column).locator("input").fill(text);
  await p.press("Enter");
  await p.cell(row, column).getByText("Not saved; it was").waitFor({ state: "attached" });
}

test("ROB-2 staged: changes are marked, reviewed, let go one by one, and saved whole; one undo takes them back", async () => {
  const p = await editing("Staged", 0);
  await edit(p, 0, 2, "First");
  await edit(p, 0, 3, "41");
  await edit(p, 1, 2, "Second");
  await unsaved(p, "3 changes in 2 records, not saved");
  assert.match(await p.cell(0, 2).textContent(), /^First.*Not saved; it was Post 0/);
  assert.deepEqual(await p.axe(), []);
  // What is as it was again is no change.
  await p.doubleClick(p.cell(0, 3));
  await p.cell(0, 3).locator("input").fill("0");
  await p.press("Enter");
  await unsaved(p, "2 changes in 2 records, not saved");
  await edit(p, 2, 2, "Third");
  await bar(p).getByRole("button", { name: "Review" }).click();
  await dialog(p).getByRole("row").filter({ hasText: /Post 1.*Second/ }).waitFor();
  assert.deepEqual(await p.axe(), []);
  await dialog(p).getByRole("button", { name: `Discard title of ${id(1)}` }).click();
  await dialog(p).getByRole("heading", { name: "2 changes in posts" }).waitFor();
  await p.press("Escape");
  await p.cell(1, 2).getByText("Post 1", { exact: true }).waitFor();
  assert.deepEqual(p.sent, []);
  await p.press("Control+s");
  await p.page.getByText("2 changes saved.").waitFor();
  await bar(p).waitFor({ state: "hidden" });
  assert.deepEqual(p.sent.map((url) => url.split("/api/")[1]), ["dashboard/batch"]);
  assert.deepEqual(await values("title", 0, 1, 2), ["First", "Post 1", "Third"]);
  await p.cell(3, 2).click();
  await p.press("Control+z");
  await p.page.getByText("Took back 2 changed records.").waitFor();
  assert.deepEqual(await values("title", 0, 2), ["Post 0", "Post 2"]);
  await p.leave();
});

test("ROB-2 staged: when one is refused nothing is written; it says of each why, and all of them wait on", async () => {
  const p = await editing("Staged", 10, { theme: "dark" });
  await edit(p, 0, 2, "First");
  await edit(p, 1, 2, "Second");
  await edit(p, 2, 2, "x".repeat(201));
  await posts().update(id(11), { title: "Theirs" });
  await p.press("Control+s");
  await dialog(p).getByText("Nothing was written. 1 would be, 2 refused.").waitFor();
  await dialog(p).getByText("mine: Second · theirs: Theirs").waitFor();
  await dialog(p).getByText(/title: .*200/).waitFor();
  assert.deepEqual(await p.axe(), []);
  assert.deepEqual(await values("title", 10, 11, 12), ["Post 10", "Theirs", "Post 12"]);
  await dialog(p).getByRole("heading", { name: "3 changes in posts" }).waitFor();
  await dialog(p).getByRole("button", { name: `Discard title of ${id(12)}` }).click();
  await dialog(p).getByRole("button", { name: "Set anyway" }).click();
  await p.page.getByText("2 changes saved.").waitFor();
  await dialog(p).waitFor({ state: "hidden" });
  assert.deepEqual(await values("title", 10, 11, 12), ["First", "Second", "Post 12"]);
  await p.leave();
});

test("staged: changes are there after a reload and from elsewhere, and discarding them can be undone", async () => {
  const p = await editing("Staged", 20);
  await edit(p, 0, 2, "Kept");
  await p.page.reload();
  await p.cell(0, 2).getByText("Kept", { exact: true }).waitFor();
  await unsaved(p, "1 change in 1 record, not saved");
  await p.open("/access");
  await p.page.getByRole("button", { name: "Edits: Staged, 1 change not saved" }).click();
  await p.page.getByRole("menuitem", { name: "1 change of posts" }).click();
  await bar(p).getByRole("button", { name: "Discard" }).click();
  await bar(p).waitFor({ state: "hidden" });
  await p.page.getByText("1 change discarded.").waitFor();
  await p.cell(0, 2).click();
  await p.press("Control+z");
  await unsaved(p, "1 change in 1 record, not saved");
  assert.deepEqual(await values("title", 20), ["Post 20"]);
  // Somebody who has gone on to save each at once first says what becomes of those that wait.
  await p.editIn("Instant");
  await p.page.getByRole("button", { name: "Edits: Instant, 1 change not saved" }).waitFor();
  await p.press("Control+s");
  await p.page.getByText("1 change saved.").waitFor();
  assert.deepEqual(await values("title", 20), ["Kept"]);
  await p.leave();
});

test("staged: a relation is shown by the name of what it leads to, where it was picked and after a reload", async () => {
  const p = await editing("Staged", 28);
  const author = p.cell(0, 7).getByText("Waits for her", { exact: true });
  await server.pb.collection("authors").create({ name: "Waits for her", email: "her@example.org" });
  await p.doubleClick(p.cell(0, 7));
  await p.type("Waits");
  await p.press("Enter"); // before the list is that of the letters
  await unsaved(p, "1 change in 1 record, not saved");
  await author.waitFor();
  await p.page.reload();
  await author.waitFor();
  await bar(p).getByRole("button", { name: "Discard" }).click();
  await author.waitFor({ state: "detached" });
  await p.leave();
});

test("staged: the browser asks before the tab is closed, while changes wait and no longer", async () => {
  const p = await editing("Staged", 25);
  const asked = [];
  p.page.on("dialog", (d) => (asked.push(d.type()), void d.dismiss()));
  await edit(p, 0, 2, "Waits");
  const question = p.page.waitForEvent("dialog");
  await p.page.close({ runBeforeUnload: true });
  await question;
  await bar(p).getByRole("button", { name: "Discard" }).click();
  await bar(p).waitFor({ state: "hidden" });
  const closed = p.page.waitForEvent("close");
  await p.page.close({ runBeforeUnload: true });
  await closed;
  assert.deepEqual(asked, ["beforeunload"]);
  await p.leave();
});

test("staged: what is pasted, filled and set by the many waits too, with what is shown of other changes", async () => {
  const p = await editing("Staged", 30);
  await edit(p, 0, 3, "1000");
  await p.cell(0, 2).click();
  await p.page.evaluate(() => navigator.clipboard.writeText("One\nTwo"));
  await p.press("Control+v");
  await button(p, "Write 2 records").click();
  await unsaved(p, "3 changes in 2 records, not saved");
  await p.page.waitForFunction(() => document.activeElement?.dataset.cell === "0:2");
  await p.press("ArrowRight", "Shift+ArrowDown");
  await p.page.getByText("2 cells chosen: 2 rows, 1 column").waitFor();
  await p.press("Control+d");
  await dialog(p).getByRole("row").filter({ hasText: /217.*1000/ }).waitFor();
  await button(p, "Write 1 record").click();
  await unsaved(p, "4 changes in 2 records, not saved");
  await p.cell(0, 0).click();
  await p.cell(2, 0).click({ modifiers: ["Shift"] });
  await button(p, "More changes").click();
  await p.page.getByRole("menuitem", { name: "Increase a number" }).click();
  await dialog(p).getByLabel("By").fill("5");
  await dialog(p).getByRole("row").filter({ hasText: /1000.*1005/ }).first().waitFor();
  await p.press("Enter");
  await unsaved(p, "5 changes in 3 records, not saved");
  assert.deepEqual(p.sent, []);
  await button(p, "Select none").click();
  await p.press("Control+s");
  await p.page.getByText("5 changes saved.").waitFor();
  assert.deepEqual(await values("views", 30, 31, 32), [1005, 1005, 229]);
  assert.deepEqual(await values("title", 30, 31, 32), ["One", "Two", "Post 32"]);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("read only: what changes records is not there, in the grid, the panel and the palette; the chip says so and ends it", async () => {
  const p = await editing("Read only", 40);
  await p.cell(0, 0).click();
  await p.page.getByText("1 selected").waitFor();
  for (const name of ["New", "Set a field", "More changes", "Delete"]) assert.equal(await button(p, name).count(), 0, name);
  await p.cell(0, 2).dblclick();
  await p.press("Enter", "Delete", "n", "Control+v");
  assert.equal(await p.cell(0, 2).getAttribute("aria-readonly"), "true");
  assert.equal(await p.page.getByRole("grid").locator("input:not([type=checkbox])").count(), 0);
  assert.equal(await p.page.getByRole("alertdialog").count(), 0);
  await p.press("o");
  await p.page.getByRole("form").getByLabel("title").waitFor();
  assert.ok(await p.page.getByRole("form").getByLabel("title").isDisabled());
  assert.equal(await button(p, "Save").count(), 0);
  assert.deepEqual(await p.axe(), []);
  await p.press("]", "Control+k");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  await p.type(">");
  await p.page.getByRole("option", { name: "Edits: staged" }).waitFor();
  for (const name of ["New record in posts", "Undo the last change", "Delete the selected records", "Selected records: set a field"]) assert.equal(await p.page.getByRole("option", { name }).count(), 0, name);
  await p.page.getByRole("option", { name: "Edits: instant, each change of a cell is saved at once" }).click();
  await button(p, "New").waitFor();
  assert.deepEqual(p.sent, []);
  await p.leave();
});

test("an environment stands beside the server's name; in production edits begin staged, and what is chosen is kept for each", async () => {
  const badge = (p, word) => p.page.getByRole("banner").getByText(`Environment: ${word}`, { exact: true });
  const p = await Person.arrive(browser, server, { at: "/settings/application" });
  await button(p, "Edits: Instant").waitFor();
  await p.page.getByLabel("Environment").selectOption({ label: "Production" });
  await button(p, "Save 1 change").click();
  await badge(p, "Production").waitFor();
  await p.page.getByText("Saved.").waitFor();
  assert.deepEqual(await p.axe(), []);
  await p.open(`/c/posts?s=id&q=${encodeURIComponent(`id >= "${id(50)}"`)}`);
  await p.cell(0, 1).filter({ hasText: id(50) }).waitFor();
  await edit(p, 0, 2, "Waits");
  await button(p, "Edits: Staged, 1 change not saved").waitFor();
  assert.deepEqual(await values("title", 50), ["Post 50"]);
  await bar(p).getByRole("button", { name: "Discard" }).click();
  await p.editIn("Instant");
  await p.page.reload();
  await badge(p, "Production").waitFor();
  await button(p, "Edits: Instant").waitFor();
  // Another browser chooses for itself.
  const other = await Person.arrive(browser, server, { at: "/start", theme: "dark", viewport: { width: 390, height: 800 } });
  await badge(other, "Production").waitFor();
  await button(other, "Edits: Staged").waitFor();
  assert.deepEqual(await other.axe("header"), []);
  assert.ok((await other.page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  await server.pb.send("/api/dashboard/environment", { method: "PUT", body: { environment: "staging" } });
  await other.page.reload();
  await badge(other, "Staging").waitFor();
  await button(other, "Edits: Instant").waitFor();
  assert.deepEqual(await other.axe("header"), []);
  await server.pb.send("/api/dashboard/environment", { method: "PUT", body: {} });
  await other.page.reload();
  await button(other, "Edits: Instant").waitFor();
  assert.equal(await badge(other, "Staging").count(), 0);
  assert.deepEqual([...p.errors, ...other.errors], []);
  await p.leave();
  await other.leave();
});
