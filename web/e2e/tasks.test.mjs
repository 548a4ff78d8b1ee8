// Tasks of the dashboard's specification §9 that no screen's own test counts, and those of many records by keyboard alone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";

fixture(() => seed(server.pb, 1200));

const field = async (name, ...rows) => (await Promise.all(rows.map((i) => server.pb.collection("posts").getOne(id(i))))).map((r) => r[name]);

async function posts(at = "?s=id") {
  const p = await Person.arrive(browser, server, { at: `/c/posts${at}` });
  await p.cell(0, 2).waitFor();
  p.begin();
  return p;
}

async function within(p, clicks, keys) {
  assert.ok(p.clicks <= clicks && p.keys <= keys, `${p.clicks} clicks and ${p.keys} keys, at most ${clicks} and ${keys} wanted`);
  assert.deepEqual(p.errors, []);
  await p.leave();
}

test("task: filter by the value of a cell", async () => {
  const p = await posts();
  await p.cell(0, 5).hover();
  await p.click(p.cell(0, 5).getByRole("button", { name: "Show this status alone" }));
  await p.page.getByText("400 records match").waitFor();
  await within(p, 1, 0);
});

test("task: bulk edit 3", async () => {
  const p = await posts();
  await p.click(p.cell(0, 0));
  await p.click(p.cell(2, 0), { modifiers: ["Shift"] });
  await p.click(p.page.getByRole("button", { name: "Set a field" }));
  const dialog = p.page.getByRole("dialog");
  await dialog.getByLabel("Field").selectOption("views"); // typed by people: it is a list of the browser
  await dialog.getByLabel("Value").focus();
  p.keys++; // the Tab to the value
  await p.type("4711");
  await p.click(dialog.getByRole("button", { name: "Set", exact: true }));
  await p.page.getByText("views of 3 records was set.").waitFor();
  assert.deepEqual(await field("views", 0, 1, 2, 3), [4711, 4711, 4711, 21]);
  await within(p, 4, 1);
});

test("task: CSV of all filtered rows", async () => {
  const p = await posts('?q=status != "draft" || status = "draft"&s=id');
  await p.page.getByText("1,200 records match").waitFor();
  await p.click(p.page.getByRole("button", { name: "More" }).first());
  const [file] = await Promise.all([p.page.waitForEvent("download"), p.click(p.page.getByRole("menuitem", { name: "Export as CSV" }))]);
  const csv = await readFile(await file.path(), "utf8");
  assert.equal(new Set(csv.match(/^0{5}\d{10}(?=,)/gm)).size, 1200);
  await within(p, 2, 0);
});

test("task: import a CSV of 1,000 rows", async () => {
  const p = await posts();
  await p.click(p.page.getByRole("button", { name: "More" }).first());
  await p.click(p.page.getByRole("menuitem", { name: "Import records" }));
  const csv = "title,views\n" + Array.from({ length: 1000 }, (_, i) => `Imported ${i},${i}`).join("\n");
  await p.page.getByLabel(/A file of CSV/).setInputFiles({ name: "posts.csv", mimeType: "text/csv", buffer: Buffer.from(csv) }); // dropped, or one click
  p.clicks++;
  await p.page.getByText(/CSV: 1,?000 rows/).waitFor();
  await p.press("Control+s");
  await p.page.getByText(/1,?000 created, 0 updated, 0 refused/).first().waitFor();
  assert.equal((await server.pb.collection("posts").getList(1, 1, { filter: 'title ~ "Imported"' })).totalItems, 1000);
  await within(p, 3, 1);
});

test("A11Y-2 keyboard alone: filter by a cell, select and set many, export", async () => {
  const p = await posts("?s=id&q=id < '000000000000100'");
  const focus = (locator) => locator.focus();
  await focus(p.cell(0, 5));
  await p.press(".");
  await p.page.getByRole("menuitem", { name: "Show this value alone" }).waitFor();
  await p.press("Escape");
  await p.page.waitForFunction(() => document.activeElement?.getAttribute("data-cell") === "0:5");
  await p.press(".");
  await p.page.getByRole("menuitem", { name: "Leave this value out" }).press("Enter");
  await p.page.waitForURL(/status/);
  await p.cell(0, 1).filter({ hasText: id(1) }).waitFor();
  await focus(p.cell(0, 1));
  for (const key of ["Shift+Space", "ArrowDown", "Shift+Space"]) await p.press(key);
  await p.page.getByText("2 selected").waitFor();
  await focus(p.page.getByRole("button", { name: "Set a field" }));
  await p.press("Enter");
  await p.page.getByRole("dialog").getByLabel("Field").focus();
  await p.type("v");
  await p.press("Tab");
  await p.type("99");
  await p.press("Enter");
  await p.page.getByText("views of 2 records was set.").waitFor();
  assert.deepEqual(await field("views", 1, 2, 4), [99, 99, 28]);
  await focus(p.page.getByRole("button", { name: "More" }).first());
  await p.press("Enter");
  const [file] = await Promise.all([p.page.waitForEvent("download"), p.page.getByRole("menuitem", { name: "Export as JSON" }).press("Enter")]);
  assert.ok(JSON.parse(await readFile(await file.path(), "utf8")).length > 10);
  await within(p, 0, 40);
});
