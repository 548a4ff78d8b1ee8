// Cells of the grid by the many: chosen, copied, pasted, filled and set. The dashboard's specification §4.4, §4.5 and §5.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";

fixture(async () => {
  await seed(server.pb, 300);
  // Batches of others are off: the dashboard's own do not ask for them.
  await server.pb.settings.update({ batch: { enabled: false } });
  await server.pb.collection("posts").update(id(21), { title: 'Two\nlines, a\ttab and "quotes"', tags: ["go", "db"], meta: { a: [1, "x"] } });
});

const record = (i) => server.pb.collection("posts").getOne(id(i));
const field = async (name, ...rows) => Promise.all(rows.map(async (i) => (await record(i))[name]));
const dialog = (p) => p.page.getByRole("dialog");
const written = (p, n) => p.page.getByText(`${n} ${n === 1 ? "record" : "records"} written.`).first();

/** Somebody at the posts from one on, in the order of their ids, at a cell of the first. */
async function arrive(first, col, options = {}) {
  const q = first ? `&q=${encodeURIComponent(`id >= "${id(first)}"`)}` : "";
  const p = await Person.arrive(browser, server, { at: `/c/posts?s=id${q}`, ...options });
  await p.cell(0, 1).filter({ hasText: id(first) }).waitFor();
  await p.page.getByText(/^\d+ records/).waitFor();
  await p.cell(0, col).click();
  return p;
}

const clipboard = (p) => p.page.evaluate(() => navigator.clipboard.readText());

/** Puts a text into the clipboard, as another program does, and pastes it by the keys. */
async function paste(p, text) {
  await p.page.evaluate((t) => navigator.clipboard.writeText(t), text);
  await p.press("Control+v");
}

const chosen = (p) => p.page.locator("[role=gridcell][aria-selected=true]");

test("Shift and the arrows choose cells, a press with Shift too; it is said, and Escape lets go", async () => {
  const p = await arrive(1, 2);
  await p.press("Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight");
  await p.page.getByRole("status").filter({ hasText: "6 cells chosen: 3 rows, 2 columns · sum 42 · average 14" }).waitFor();
  assert.equal(await chosen(p).count(), 6);
  assert.equal(await p.page.evaluate(() => document.activeElement.dataset.cell), "2:3");
  await p.press("Shift+ArrowUp");
  await p.page.getByText("4 cells chosen").waitFor();
  await p.press("Escape");
  await chosen(p).first().waitFor({ state: "detached" });
  await p.cell(3, 4).click();
  await p.cell(1, 3).click({ modifiers: ["Shift"] });
  await p.page.getByText("6 cells chosen").waitFor();
  assert.equal(await p.page.evaluate(() => String(document.getSelection())), "");
  await p.press("ArrowDown");
  await chosen(p).first().waitFor({ state: "detached" });
  await p.page.getByText("cells chosen").waitFor({ state: "hidden" });
  await p.leave();
});

test("cells are copied as spreadsheets take them", async () => {
  const p = await arrive(20, 2);
  // Columns as they stand: title, views, published, status, tags.
  await p.press("Shift+ArrowDown", ...Array.from({ length: 4 }, () => "Shift+ArrowRight"), "Control+c");
  await p.page.getByText("10 cells copied.").waitFor();
  assert.equal(await clipboard(p), 'Post 20\t140\ttrue\tdone\tgo, js\n"Two\nlines, a\ttab and ""quotes"""\t147\tfalse\tdraft\tgo, db');
  await p.leave();
});

test("what is copied pastes back unchanged, of every type", async () => {
  const p = await arrive(21, 2);
  await p.press("Shift+End", "Control+c");
  await p.page.getByText("14 cells copied.").waitFor();
  const text = await clipboard(p);
  await paste(p, text);
  await p.page.getByText("All of these cells have the values already.").waitFor();
  // In another record, each field that can be pasted becomes the same.
  await p.press("Home", "ArrowRight", "ArrowRight", "ArrowDown");
  await p.page.waitForFunction(() => document.activeElement?.dataset.cell === "1:2");
  await p.press("Control+v");
  await dialog(p).getByText(/cells? of 1 record will change/).waitFor();
  await dialog(p).getByText("The server sets it.").first().waitFor();
  await p.press("Enter");
  await written(p, 1).waitFor();
  const [a, b] = [await record(21), await record(22)];
  for (const name of ["title", "views", "published", "status", "tags", "author", "meta", "at", "place", "site", "body"]) assert.deepEqual(b[name], a[name], name);
  await p.leave();
});

test("pasting shows old and new and what is refused before anything is sent; one undo takes all of it back", async () => {
  const p = await arrive(30, 2);
  const sent = [];
  p.page.on("request", (r) => ["PATCH", "POST"].includes(r.method()) && /records|batch/.test(r.url()) && sent.push(r.url()));
  await paste(p, "=1+1\t5\tyes\tdone\nSecond\tmany\tno\tnonsense\n");
  await dialog(p).getByText("6 cells of 2 records will change.").waitFor();
  await dialog(p).getByText("It is no number.").waitFor();
  await dialog(p).getByText("row 2 “many”").waitFor();
  await dialog(p).getByText("It is none of the values.").waitFor();
  const line = dialog(p).getByRole("row").filter({ hasText: "=1+1" });
  assert.match(await line.textContent(), /title.*Post 30.*=1\+1/);
  assert.deepEqual(sent, []);
  assert.deepEqual(await p.axe(), []);
  await p.press("Enter");
  await written(p, 2).waitFor();
  assert.equal(sent.length, 1);
  assert.match(sent[0], /dashboard\/batch$/);
  const [a, b] = [await record(30), await record(31)];
  assert.deepEqual([a.title, a.views, a.published, a.status], ["=1+1", 5, true, "done"]);
  assert.deepEqual([b.title, b.views, b.published, b.status], ["Second", 217, false, "review"]);
  await p.cell(0, 2).filter({ hasText: "=1+1" }).waitFor();
  await p.press("Control+z");
  await p.page.getByText("Took back 2 changed records.").waitFor();
  assert.deepEqual(await field("title", 30, 31), ["Post 30", "Post 31"]);
  await p.cell(0, 2).filter({ hasText: "Post 30" }).waitFor();
  await p.press("Control+Shift+z");
  await p.page.getByText("Did again 2 changed records.").waitFor();
  assert.deepEqual(await field("title", 30, 31), ["=1+1", "Second"]);
  await p.leave();
});

test("one cell is pasted as it is typed, one text fills all chosen cells", async () => {
  const p = await arrive(40, 2);
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await paste(p, "Pasted");
  assert.equal((await saved).status(), 200);
  assert.equal((await record(40)).title, "Pasted");
  await p.cell(1, 3).click();
  await p.press("Shift+ArrowDown", "Shift+ArrowDown");
  await paste(p, "12");
  await dialog(p).getByText("3 cells of 3 records will change.").waitFor();
  await p.press("Enter");
  await written(p, 3).waitFor();
  assert.deepEqual(await field("views", 41, 42, 43, 44), [12, 12, 12, 308]);
  await p.leave();
});

test("rows beyond the last record become new ones when asked to, or are dropped", async () => {
  await server.pb.collections.create({ name: "short", type: "base", fields: [{ name: "word", type: "text" }, { name: "n", type: "number" }] });
  await server.pb.collection("short").create({ word: "one", n: 1 });
  const p = await Person.arrive(browser, server, { at: "/c/short" });
  await p.cell(0, 2).click();
  await paste(p, "uno\t1\ndos\t2\ntres\t3");
  const box = dialog(p).getByLabel(/Make 2 new records/);
  await box.waitFor();
  await p.press("Enter");
  await written(p, 1).waitFor();
  assert.equal((await server.pb.collection("short").getList(1, 1)).totalItems, 1);
  await p.cell(0, 2).click();
  await p.press("Control+v");
  await box.check();
  await dialog(p).getByRole("button", { name: "Write 2 records" }).click();
  await written(p, 2).waitFor();
  await p.cell(2, 2).waitFor();
  assert.deepEqual((await server.pb.collection("short").getFullList({ sort: "n" })).map((r) => r.word), ["uno", "dos", "tres"]);
  await p.press("Control+z");
  await p.page.getByText("Took back 2 new records.").waitFor();
  await p.page.getByText("1 record", { exact: true }).waitFor();
  await p.press("Control+Shift+z");
  await p.page.getByText("Did again 2 new records.").waitFor();
  assert.equal((await server.pb.collection("short").getList(1, 1)).totalItems, 3);
  await p.leave();
});

test("one that the server refuses holds up no other; ROB-2 what somebody else has changed is asked about", async () => {
  const p = await arrive(50, 2);
  await paste(p, `First\n${"x".repeat(201)}\nThird\nFourth`);
  await dialog(p).getByText("4 cells of 4 records will change.").waitFor();
  await server.pb.collection("posts").update(id(52), { title: "Theirs" });
  await p.press("Enter");
  await dialog(p).getByText("2 written, 2 refused.").waitFor();
  await dialog(p).getByText(/title: .*200/).waitFor();
  await dialog(p).getByText("mine: Third · theirs: Theirs").waitFor();
  assert.deepEqual(await p.axe(), []);
  assert.deepEqual(await field("title", 50, 51, 52, 53), ["First", "Post 51", "Theirs", "Fourth"]);
  await dialog(p).getByRole("button", { name: "Set anyway" }).click();
  await dialog(p).waitFor({ state: "hidden" });
  assert.equal((await record(52)).title, "Third");
  await p.leave();
});

test("many are written a hundred at a time, and can be stopped", async () => {
  const p = await arrive(0, 3);
  await paste(p, Array.from({ length: 300 }, (_, i) => i + 5000).join("\n"));
  await dialog(p).getByText("300 cells of 300 records will change.").waitFor();
  let go;
  const held = new Promise((done) => (go = done));
  const sizes = [];
  await p.intercept("**/api/dashboard/batch", async (route) => {
    sizes.push(route.request().postDataJSON().requests.length);
    if (sizes.length === 2) await held;
    await route.continue();
  });
  await p.press("Enter");
  await dialog(p).getByText("100 of 300 records").waitFor();
  await dialog(p).getByRole("button", { name: "Stop" }).click();
  go();
  await dialog(p).getByText("200 written, 0 refused, 100 not tried.").waitFor();
  assert.deepEqual(sizes, [100, 100]);
  assert.deepEqual(await field("views", 0, 199, 200), [5000, 5199, (200 * 7) % 1000]);
  await dialog(p).getByRole("button", { name: "Close", exact: true }).last().click();
  await p.press("Control+z");
  await p.page.getByText("Took back 200 changed records.").waitFor();
  assert.deepEqual(await field("views", 0, 199), [0, 393]);
  await p.leave();
});

test("more than 10,000 cells are neither copied nor pasted", async () => {
  const p = await arrive(0, 3);
  await paste(p, Array.from({ length: 10_001 }, () => "1").join("\n"));
  await p.page.getByRole("alert").filter({ hasText: "At most 10,000 cells are pasted at once; these are 10,001." }).waitFor();
  assert.equal(await dialog(p).count(), 0);
  await p.leave();
});

test("cells that are not in view are copied too", async () => {
  const p = await arrive(0, 1);
  await p.press("Control+Shift+ArrowDown");
  await p.page.getByText("300 cells chosen").waitFor();
  await p.press("Control+c");
  await p.page.getByText("300 cells copied.").waitFor();
  const ids = (await clipboard(p)).split("\n");
  assert.deepEqual([ids.length, ids[0], ids[299]], [300, id(0), id(299)]);
  await p.leave();
});

test("Ctrl+D fills down from the first cell, over chosen cells and over selected records", async () => {
  const p = await arrive(60, 2);
  await p.press("Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "Control+d");
  await dialog(p).getByText("4 cells of 2 records will change.").waitFor();
  await p.press("Enter");
  await written(p, 2).waitFor();
  assert.deepEqual(await field("title", 60, 61, 62, 63), ["Post 60", "Post 60", "Post 60", "Post 63"]);
  assert.deepEqual(await field("views", 61, 62), [420, 420]);
  await p.press("Control+z");
  await p.page.getByText("Took back 2 changed records.").waitFor();
  assert.deepEqual(await field("title", 61, 62), ["Post 61", "Post 62"]);
  for (const i of [6, 4]) await p.cell(i, 0).click();
  await p.cell(6, 2).click();
  await p.press("Control+d");
  await dialog(p).getByText("1 cell of 1 record will change.").waitFor();
  await p.press("Enter");
  await written(p, 1).waitFor();
  assert.deepEqual(await field("title", 64, 65, 66), ["Post 64", "Post 65", "Post 64"]);
  await p.leave();
});

test("PAL-1 copying, pasting and filling stand in the palette and in the sheet", async () => {
  const p = await arrive(70, 2);
  await p.press("Shift+ArrowDown", "?");
  for (const name of ["Copy the cells", "Paste into the cells", "Fill down from the first cell", "Choose one more row of cells"]) await dialog(p).getByText(name).waitFor();
  await p.press("Escape");
  await dialog(p).waitFor({ state: "hidden" });
  await p.press("Control+k");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  await p.type(">Copy the cells");
  await p.page.getByRole("option", { name: /Copy the cells/ }).waitFor();
  await p.press("Enter");
  await p.page.getByText("2 cells copied.").waitFor();
  assert.equal(await clipboard(p), "Post 70\nPost 71");
  await p.leave();
});

test("an open cell copies and pastes its own text, as everywhere", async () => {
  const p = await arrive(80, 2);
  await p.press("Enter");
  await p.cell(0, 2).locator("input").waitFor();
  await p.press("Control+c");
  await paste(p, "Typed\tover");
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  await saved;
  assert.equal((await record(80)).title.replace("\t", " "), "Typed over");
  assert.equal(await dialog(p).count(), 0);
  assert.deepEqual(p.errors, []);
  await p.leave();
});
