// Columns of the grid: their place, width and what stays at the edge, by mouse and by key. The dashboard's specification §5.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 60));

const header = (p, name) => p.page.locator("[role=columnheader][data-cell]").filter({ has: p.page.getByText(name, { exact: true }) });
const menu = async (p, column, item) => {
  await p.page.getByRole("button", { name: `Column ${column}`, exact: true }).click({ force: true });
  await p.page.getByRole("menuitem", { name: item, exact: true }).click();
  await p.page.getByRole("menu").waitFor({ state: "hidden" });
};
/** The names of the columns that are drawn, from left to right. */
const order = (p) => p.page.evaluate(() => [...document.querySelectorAll("[role=columnheader] [data-name]")].map((n) => [n.getBoundingClientRect().left, n.textContent]).toSorted(([a], [b]) => a - b).map(([, name]) => name));
/** Waits until the columns begin so. */
const begins = async (p, ...names) => {
  for (let i = 0; i < 50 && (await order(p)).slice(0, names.length).join() !== names.join(); i++) await p.page.evaluate(() => new Promise(requestAnimationFrame));
  assert.deepEqual((await order(p)).slice(0, names.length), names);
};

test("the id and what names a record stay at the edge; others are pinned after them, and let go", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts", viewport: { width: 1280, height: 700 } });
  await p.cell(0, 2).waitFor();
  const left = (column) => p.cell(0, column).boundingBox().then((b) => Math.round(b.x));
  const before = [await left(1), await left(2)];
  await menu(p, "status", "Pin to the left");
  await begins(p, "id", "title", "status", "views");
  const third = await left(3);
  await p.grid().evaluate((g) => (g.scrollLeft = 900));
  await header(p, "place").waitFor();
  assert.deepEqual([await left(1), await left(2), await left(3)], [...before, third]);
  assert.equal(await p.page.evaluate(([x, y]) => document.elementFromPoint(x, y).closest("[data-cell]").dataset.cell, [third + 20, (await p.cell(0, 3).boundingBox()).y + 10]), "0:3", "what scrolls goes below");
  await p.cell(0, 2).click();
  await p.press("ArrowRight", "ArrowRight");
  const focused = await p.page.evaluate(() => document.activeElement.getBoundingClientRect().left);
  assert.ok(focused >= third + 160 - 1, "a cell that has the focus is not below the pinned ones");
  for (const theme of ["light", "dark"]) {
    await p.page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await p.axe(), [], theme);
  }
  await menu(p, "title", "Let it scroll");
  await begins(p, "id", "status");
  await p.page.reload();
  await p.cell(0, 2).waitFor();
  await begins(p, "id", "status", "title", "views");
  // Where there is no room for them, they scroll.
  await p.page.setViewportSize({ width: 520, height: 700 });
  await p.page.waitForFunction(() => getComputedStyle(document.querySelector('[data-cell="0:2"]')).position === "absolute");
  await p.leave();
});

test("columns are moved, made wider and sorted by key and by mouse, and fit what is in them", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  const width = (name) => header(p, name).boundingBox().then((b) => Math.round(b.width));
  await p.cell(0, 3).click();
  await p.press("ArrowUp");
  await p.page.waitForFunction(() => document.activeElement.dataset.cell === "-1:3");
  const was = await width("views");
  await p.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft");
  assert.equal(await width("views"), was + 16);
  await p.press("Enter");
  await p.page.waitForURL(/s=views/);
  await p.press("ArrowRight", "Shift+Enter");
  await p.page.waitForURL(/s=views(,|%2C)published/);
  assert.equal(await header(p, "published").getAttribute("aria-sort"), "ascending");
  await p.press("Alt+ArrowRight");
  await begins(p, "id", "title", "views", "status", "published");
  await p.press(".");
  await p.page.getByRole("menuitem", { name: "Width to fit" }).click();
  // By mouse.
  await header(p, "status").dragTo(header(p, "views"));
  await begins(p, "id", "title", "status", "views");
  const edge = await header(p, "title").getByRole("separator").boundingBox();
  await p.page.mouse.move(edge.x + 2, edge.y + 5);
  await p.page.mouse.down();
  await p.page.mouse.move(edge.x + 62, edge.y + 5, { steps: 3 });
  await p.page.mouse.up();
  assert.equal(await width("title"), 280);
  await header(p, "title").getByRole("separator").dblclick();
  assert.ok((await width("title")) < 160, "as wide as what is in it");
  assert.equal(await p.cell(5, 2).evaluate((c) => c.firstElementChild.scrollWidth > c.firstElementChild.clientWidth), false);
  // A view keeps all of it.
  await p.page.getByRole("button", { name: "Views", exact: true }).click();
  await p.page.getByLabel("Save what is shown as").fill("Mine");
  await p.press("Enter");
  await p.page.waitForURL(/v=\w{15}/);
  await menu(p, "views", "Pin to the left");
  // The first saving has said the same.
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH" && r.url().includes("/api/dashboard/views/"));
  await p.page.getByRole("button", { name: "Save", exact: true }).click();
  assert.equal((await saved).status(), 200);
  const { options } = (await server.pb.send("/api/dashboard/views/posts", {})).views[0];
  assert.deepEqual(options.pinned, ["id", "title", "views"]);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("columns are hidden by their menu, found by a word, and shown and hidden all at once", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  await menu(p, "views", "Hide");
  await header(p, "views").waitFor({ state: "hidden" });
  await p.page.getByRole("button", { name: "13 of 14 columns" }).or(p.page.getByRole("button", { name: /of \d+ columns/ })).click();
  await p.page.getByRole("textbox", { name: "Find a column" }).fill("vie");
  assert.equal(await p.page.getByRole("dialog", { name: "Columns" }).getByRole("checkbox").count(), 1);
  await p.page.getByRole("button", { name: "The id alone" }).click();
  await header(p, "title").waitFor({ state: "hidden" });
  await p.page.getByRole("button", { name: "All", exact: true }).click();
  await header(p, "views").waitFor();
  await p.leave();
});

test("a column's menu tells of its values, and a value there filters", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?q=views+%3E+100" });
  await p.cell(0, 2).waitFor();
  await menu(p, "status", "Statistics");
  const told = p.page.getByRole("dialog", { name: "Values of status" });
  await told.getByRole("row").nth(3).waitFor();
  const { totalItems } = await server.pb.collection("posts").getList(1, 1, { filter: "views > 100" });
  await told.getByText(String(totalItems), { exact: true }).first().waitFor();
  assert.deepEqual(await p.axe(), []);
  await told.getByRole("button", { name: "draft" }).click();
  await p.page.waitForURL(/status/);
  await told.waitFor({ state: "hidden" });
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("rows stand in groups by a value, with how many there are, also those that nobody has scrolled to", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  await menu(p, "status", "Group by it");
  await p.page.getByText("Grouped by status").waitFor();
  const line = (value) => p.grid().getByRole("row").filter({ hasText: new RegExp(`^status${value}20$`) });
  await line("draft").waitFor();
  assert.deepEqual(await p.axe(), []);
  await p.grid().evaluate((g) => (g.scrollTop = g.scrollHeight));
  await line("review").waitFor();
  await p.cell(59, 1).waitFor();
  await p.page.getByRole("button", { name: "Stop grouping" }).click();
  await line("review").waitFor({ state: "hidden" });
  assert.deepEqual(p.errors, []);
  await p.leave();
});
