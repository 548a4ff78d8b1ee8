// Criteria that the tests of the screens do not meet on their way: big, many and odd data, the panel, the palette.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { frames, idleFrames, quickest, timed } from "./measured.mjs";
import { id, seed } from "./server.mjs";

fixture(() => seed(server.pb, 2000));

const form = (p) => p.page.getByRole("form");

test("GRID-1 elements stay few to the end of 60 columns", async () => {
  const fields = Array.from({ length: 60 }, (_, i) => ({ name: `f${i}`, type: "number" }));
  await server.pb.collections.create({ name: "broad", type: "base", fields });
  const batch = server.pb.createBatch();
  for (let i = 0; i < 1000; i++) batch.collection("broad").create({ f0: i, f59: i * 2 });
  await batch.send();
  const p = await Person.arrive(browser, server, { at: "/c/broad?s=f0" });
  await p.cell(0, 2).waitFor();
  await p.page.getByText("1,000 records").waitFor();
  await p.page.evaluate(() => (document.querySelector("[role=grid]").scrollTop = 900 * 34));
  await p.cell(905, 2).filter({ hasText: /^905$/ }).waitFor();
  await p.page.evaluate(() => document.querySelector("[role=grid]").scrollTo(1e6, 1e6));
  await p.cell(999, 61).filter({ hasText: /^1998$/ }).waitFor();
  assert.ok((await p.page.evaluate(() => document.querySelectorAll("*").length)) <= 3000);
  await p.leave();
});

test("rows that stay in view are kept as they are while others scroll in, with no more than one menu of a cell", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id" });
  await p.cell(19, 2).filter({ hasText: "Post" }).waitFor();
  await p.page.evaluate(() => (window.kept = document.querySelector('[data-cell="10:2"]').parentElement));
  for (const top of [3, 6]) {
    await p.page.evaluate((top) => (document.querySelector("[role=grid]").scrollTop = top * window.kept.offsetHeight), top);
    await p.cell(19 + top, 2).filter({ hasText: "Post" }).waitFor();
  }
  assert.equal(await p.page.evaluate(() => window.kept === document.querySelector('[data-cell="10:2"]').parentElement), true, "the same element");
  assert.ok((await p.page.locator("[role=gridcell] [data-funnel]").count()) <= 1, "a menu is made for the cell that is pointed at or has the focus");
  await p.cell(10, 2).hover();
  await p.cell(10, 2).locator("[data-funnel]").click();
  await p.page.waitForURL(/q=/);
  await p.leave();
});

test("GRID-2 row 99,000 of 100,000 is read within 500 ms of a jump", async (t) => {
  await server.pb.collections.create({ name: "long", type: "base", fields: [{ name: "n", type: "number" }] });
  for (let from = 0; from < 100_000; from += 1000) {
    const requests = Array.from({ length: 1000 }, (_, i) => ({ method: "POST", url: "/api/collections/long/records", body: { id: String(from + i).padStart(15, "0"), n: from + i } }));
    await server.pb.send("/api/batch", { method: "POST", body: { requests } });
  }
  const p = await Person.arrive(browser, server, { at: "/c/long?s=id" });
  await p.cell(0, 2).waitFor();
  await p.page.getByText("100,000 records").waitFor();
  const took = await quickest(500, 5, (i) =>
    p.page.evaluate(async (far) => {
      const scroller = document.querySelector("[role=grid]");
      const row = document.querySelector("[role=row]:not([aria-rowindex='1'])").offsetHeight;
      const from = performance.now();
      scroller.scrollTop = far * row;
      while (document.querySelector(`[data-cell="${far + 3}:2"]`)?.textContent !== String(far + 3) && performance.now() - from < 15_000) await new Promise(requestAnimationFrame);
      return performance.now() - from;
    }, 99_000 - i * 2000),
  );
  t.diagnostic(`a jump took ${took.toFixed(0)} ms`);
  assert.ok(took <= 500, `${took} ms`);
  await p.leave();
});

test("GRID-3 a commit shows within 50 ms, before the answer", async (t) => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id" });
  await p.cell(0, 2).waitFor();
  let answer;
  const shown = new Promise((go) => (answer = go));
  await p.intercept("**/api/collections/posts/records/*", (r) => shown.then(() => r.continue()));
  const took = await quickest(50, 14, async (i) => {
    await p.cell(i, 2).dblclick();
    await p.type(`Quick ${i}`);
    return timed(p, "Enter", `[data-cell="${i}:2"]`, `Quick ${i}`);
  });
  t.diagnostic(`a commit showed after ${took.toFixed(0)} ms`);
  assert.ok(took <= 50, `${took} ms`);
  assert.equal((await server.pb.collection("posts").getOne(id(0))).title, "Post 0", "no answer has come yet");
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  answer();
  await saved;
  await p.page.unrouteAll({ behavior: "wait" });
  await p.leave();
});

test("GRID-5 a cell of 1 MB shows its beginning alone", async () => {
  await server.pb.collection("posts").update(id(0), { body: "<p>" + "long ".repeat(200_000) + "</p>" });
  const p = await Person.arrive(browser, server, { at: `/c/posts?q=id = "${id(0)}"` });
  await p.cell(0, 2).waitFor();
  await p.page.evaluate(() => (document.querySelector("[role=grid]").scrollLeft = 1e6));
  const body = p.page.getByRole("gridcell").filter({ hasText: "long long" });
  await body.waitFor();
  assert.ok((await body.textContent()).length < 300);
  await p.leave();
});

test("GRID-6 rows are there without waiting for the count", async () => {
  const p = await Person.arrive(browser, server, { at: "/start" });
  let counted;
  const held = new Promise((go) => (counted = go));
  await p.intercept(/records\?.*perPage=1&/, async (r) => (await held, r.continue()));
  await p.open("/c/posts");
  await p.cell(0, 2).waitFor();
  await p.page.getByText("Counting…").waitFor();
  counted();
  await p.page.getByText("2,000 records").waitFor();
  await p.leave();
});

test("REC-1 what is wrong with a value stands under its field", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?r=new" });
  await form(p).getByLabel("title").fill("x".repeat(201));
  await form(p).getByLabel("site").fill("no address");
  await p.page.keyboard.press("Control+s");
  const wrong = async (name) => p.page.locator(`#${CSS(await form(p).getByLabel(name).getAttribute("aria-describedby"))}`);
  await form(p).locator("[aria-invalid=true]").first().waitFor();
  for (const name of ["title", "site"]) {
    assert.equal(await form(p).getByLabel(name).getAttribute("aria-invalid"), "true", name);
    assert.ok((await (await wrong(name)).textContent()).length > 5, name);
  }
  assert.equal((await form(p).getByLabel("title").inputValue()).length, 201);
  await p.leave();
});

/** The id of what describes a field's fault, as a selector. */
const CSS = (ids) => ids.split(" ").find((x) => x.endsWith("-error")).replaceAll(/[^\w-]/g, (c) => `\\${c}`);

test("REC-2 Ctrl+S saves and closes nothing; REC-3 j and k walk the list", async () => {
  const p = await Person.arrive(browser, server, { at: `/c/posts?s=id&r=${id(10)}` });
  await p.cell(10, 2).waitFor();
  await form(p).getByLabel("title").fill("Saved by a key");
  await p.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  await p.page.getByRole("form", { name: new RegExp(id(10)) }).waitFor();
  await p.cell(10, 2).click(); // a cell that could be typed into
  await p.press("j");
  await p.page.getByRole("form", { name: new RegExp(id(11)) }).waitFor();
  await p.press("k");
  await p.page.getByRole("form", { name: new RegExp(id(10)) }).waitFor();
  await p.leave();
});

test("REC-5 a panel of 30 fields opens within 100 ms, and scrolls without jank", async (t) => {
  await server.pb.collections.create({ name: "thirty", type: "base", fields: Array.from({ length: 30 }, (_, i) => ({ name: `field${i}`, type: "text" })) });
  for (let i = 0; i < 9; i++) await server.pb.collection("thirty").create({ id: id(i), field29: `last of ${i}` });
  const p = await Person.arrive(browser, server, { at: "/c/thirty?s=id" });
  /** Opens the panel of a row by its key, and closes it again. */
  const open = async (i) => {
    await p.cell(i, 1).focus();
    const took = await timed(p, "o", "form :is(input, textarea)", `last of ${i}`);
    await p.page.getByRole("button", { name: "Close the panel" }).click();
    await form(p).waitFor({ state: "hidden" });
    return took;
  };
  await p.cell(0, 2).waitFor();
  await open(0); // its code is loaded now
  const took = await quickest(100, 20, (i) => open((i % 8) + 1));
  t.diagnostic(`it opened after ${took.toFixed(0)} ms`);
  assert.ok(took <= 100, `${took} ms`);

  await p.open(`/c/thirty?s=id&r=${id(0)}`);
  await form(p).getByLabel("field29", { exact: true }).waitFor();
  const bar = Math.max(34, 2 * (await idleFrames(p)).p95);
  const moved = await quickest(bar, 5, async () =>
    (await frames(p, () => p.page.evaluate(async () => {
      const panel = document.querySelector("form [role=tabpanel]");
      panel.scrollTop = 0;
      for (let i = 0; i < 40; i++) {
        await new Promise(requestAnimationFrame);
        panel.scrollTop += 60;
      }
    }))).p95);
  t.diagnostic(`p95 of a frame: ${moved.toFixed(1)} ms`);
  assert.ok(moved <= bar, `${moved} ms`);
  await form(p).getByLabel("field29", { exact: true }).scrollIntoViewIfNeeded();
  assert.equal(await form(p).getByLabel("field29", { exact: true }).inputValue(), "last of 0");
  await p.leave();
});

test("IMP-1 100,000 rows leave the tab answering: no frame longer than 100 ms", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "holdall-import-"));
  const csv = join(dir, "big.csv"); // on the disk: what is handed over as bytes is unpacked by the page itself
  await writeFile(csv, "title,views\n" + Array.from({ length: 100_000 }, (_, i) => `Row ${i},${i}`).join("\n"));
  const p = await Person.arrive(browser, server, { at: "/c/posts/import" });
  const file = p.page.getByLabel(/A file of CSV/);
  await file.waitFor();
  const bar = Math.max(100, 2 * (await idleFrames(p)).longest);
  const longest = await quickest(bar, 4, async () => {
    await file.setInputFiles([]);
    await p.page.reload();
    await file.waitFor();
    return (await frames(p, async () => {
      await file.setInputFiles(csv);
      await p.page.getByText(/CSV: 100,?000 rows/).waitFor();
      await p.page.keyboard.press("Control+Enter");
      await p.page.getByText(/100,?000 rows can be read, 0 values cannot/).waitFor();
    })).longest;
  });
  t.diagnostic(`the longest frame was ${longest.toFixed(0)} ms`);
  await rm(dir, { recursive: true });
  assert.ok(longest <= bar, `the tab stood still for ${longest.toFixed(0)} ms`);
  await p.leave();
});

test("PAL-1 the palette has every action with its keys; PAL-3 none of its entries is dead", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  const list = async () => {
    await p.press("Control+k");
    await p.page.getByPlaceholder(/Collection, record id/).waitFor();
    await p.type(">");
    return p.page.getByRole("option");
  };
  const names = await (await list()).allTextContents();
  for (const wanted of [/New record in posts.*N$/, /Export posts as CSV/, /Show all shortcuts.*\?$/, /Go to access/, /Fields of posts/, /New collection/, /Filter the records.*\/$/])
    assert.ok(names.some((n) => wanted.test(n)), `${wanted} in ${names.join(", ")}`);
  await p.page.keyboard.press("Escape");
  // After the last of them some others are not there any more.
  const last = (name) => Number(/^Edits: read only/.test(name));
  for (const name of names.filter((n) => !/^(Sign out|Delete|Drop)/.test(n)).toSorted((a, b) => last(a) - last(b))) {
    await p.open("/c/posts");
    await p.cell(0, 2).waitFor();
    await (await list()).filter({ hasText: name }).first().click();
    await p.page.getByPlaceholder(/Collection, record id/).waitFor({ state: "hidden" });
    assert.deepEqual(p.errors, [], name);
    await p.page.keyboard.press("Escape");
  }
  await p.leave();
});

test("A11Y-4 layers are dialogs with names, messages are read out; A11Y-6 columns move and grow without dragging", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  for (const [key, name] of [["Control+k", "Search and commands"], ["?", "Shortcuts"]]) {
    await p.press(key);
    await p.page.getByRole("dialog", { name: new RegExp(name, "i") }).waitFor();
    await p.page.keyboard.press("Escape");
    await p.page.getByRole("dialog").waitFor({ state: "hidden" });
  }
  const menu = async (item) => {
    await p.page.getByRole("button", { name: "Column title" }).focus();
    await p.press("Enter");
    await p.page.getByRole("menuitem", { name: item }).press("Enter");
    await p.page.getByRole("menu").waitFor({ state: "hidden" });
  };
  const header = p.page.getByRole("columnheader", { name: /title/ });
  const before = (await header.boundingBox()).width;
  await menu("Wider");
  await p.page.waitForFunction(([el, before]) => el.getBoundingClientRect().width > before, [await header.elementHandle(), before]);
  await menu("Move right");
  await p.page.locator('[role=columnheader][aria-colindex="4"]').filter({ hasText: "title" }).waitFor();
  await p.leave();
});

test("ROB-3 500 fields, long names, other scripts and 1 MB of JSON; PAL-2 the palette finds one of 1,000 collections within 50 ms", async (t) => {
  const long = "n".repeat(100);
  await server.pb.collections.create({ name: "big", type: "base", fields: [...Array.from({ length: 498 }, (_, i) => ({ name: `g${i}`, type: "text" })), { name: long, type: "text" }, { name: "blob", type: "json", maxSize: 3_000_000 }] });
  const rtl = "مرحبا بالعالم 🧳‮";
  const { id: record } = await server.pb.collection("big").create({ g0: rtl, [long]: "found", blob: { x: "y".repeat(1_000_000) } });
  const p = await Person.arrive(browser, server, { at: `/c/big?r=${record}` });
  await p.cell(0, 2).filter({ hasText: "مرحبا" }).waitFor();
  await form(p).getByLabel(long, { exact: true }).waitFor();
  assert.ok((await p.page.evaluate(() => document.documentElement.scrollWidth)) <= 1280);
  await p.open("/c/big/schema");
  await p.page.getByRole("heading", { level: 1, name: /Fields of/ }).waitFor();
  const many = Array.from({ length: 1000 }, (_, i) => ({ name: `many${i}`, type: "base", fields: [] }));
  await server.pb.collections.import(many, false);
  await p.open("/c/posts");
  await p.page.reload();
  await p.cell(0, 2).waitFor();
  // From the last letter to the result that was meant; how long the palette itself takes to open is told.
  const palette = p.page.getByPlaceholder(/Collection, record id/);
  let opened = Infinity;
  const found = await quickest(50, 20, async (i) => {
    opened = Math.min(opened, await timed(p, "Control+k", "[role=option]"));
    await palette.waitFor();
    await p.type("many9");
    await p.page.getByRole("option", { name: "many9", exact: true }).waitFor();
    const took = await timed(p, String(i % 10), "[role=option]:first-of-type", `many9${i % 10}`);
    await p.press("Escape");
    await palette.waitFor({ state: "hidden" });
    return took;
  });
  t.diagnostic(`the palette: ${opened.toFixed(0)} ms to open, ${found.toFixed(0)} ms to find`);
  assert.ok(found <= 50, `${found} ms`);
  assert.deepEqual(p.errors, []);
  await p.leave();
});
