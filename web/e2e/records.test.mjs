// Records: the tasks of the dashboard's specification §9, with their clicks and keys, and the criteria of §5.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";

fixture(() => seed(server.pb));

async function within(person, clicks, keys) {
  assert.ok(person.clicks <= clicks && person.keys <= keys, `${person.clicks} clicks and ${person.keys} keys, at most ${clicks} and ${keys} wanted`);
  assert.deepEqual(person.errors, []);
  await person.leave();
}

test("task: edit one cell; GRID-3 it shows before the answer", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  // The request waits until the change has been seen.
  let seen;
  const shown = new Promise((done) => (seen = done));
  await p.intercept("**/api/collections/posts/records/*", async (route) => {
    await shown;
    await route.continue();
  });
  p.begin();
  await p.doubleClick(p.cell(0, 2));
  await p.type("Changed");
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  await p.page.waitForFunction(() => document.querySelector('[data-cell="0:2"]').textContent === "Changed");
  seen();
  assert.equal((await saved).status(), 200);
  assert.equal((await server.pb.collection("posts").getOne(id(0))).title, "Changed");
  await within(p, 1, 1);
});

test("GRID-4 a refused change restores the value and focuses the cell", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(1, 2).waitFor();
  await p.doubleClick(p.cell(1, 2));
  await p.page.keyboard.press("Delete");
  await p.press("Enter");
  await p.page.getByRole("alert").filter({ hasText: "blank" }).waitFor();
  assert.match(await p.cell(1, 2).textContent(), /Post 1/);
  assert.equal(await p.page.evaluate(() => document.activeElement?.getAttribute("data-cell")), "1:2");
  await p.leave();
});

test("the value of a cell narrows what words have found", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id&q=Post 1" });
  await p.cell(0, 2).filter({ hasText: "Post 1" }).waitFor();
  await p.cell(0, 2).hover();
  await p.cell(0, 2).getByRole("button", { name: "Show this title alone" }).click();
  await p.page.getByText("1 record matches").waitFor();
  const q = new URLSearchParams(p.page.url().split("?")[1]).get("q");
  assert.match(q, /~ "Post 1".*\) && title = "Post 1"/);
  await p.leave();
});

test("GRID-7 leaving a cell unchanged sends nothing", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(2, 2).waitFor();
  const sent = [];
  p.page.on("request", (r) => r.method() === "PATCH" && sent.push(r.url()));
  await p.doubleClick(p.cell(2, 2));
  await p.press("Enter");
  await p.cell(3, 2).waitFor();
  assert.deepEqual(sent, []);
  await p.leave();
});

test("task: add a record with 2 values", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/authors" });
  await p.cell(0, 2).waitFor();
  p.begin();
  await p.press("n");
  await p.page.getByRole("form", { name: "New record in authors" }).waitFor();
  await p.type("Margaret");
  await p.press("Tab");
  await p.type("margaret@example.org");
  await p.press("Control+s");
  await p.page.getByRole("form", { name: /^Record \w{15} of authors/ }).waitFor();
  assert.equal((await server.pb.collection("authors").getFirstListItem('name = "Margaret"')).email, "margaret@example.org");
  await within(p, 1, 4);
});

test("task: filter and sort", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  p.begin();
  await p.press("/");
  await p.type("views > 900");
  await p.press("Enter");
  await p.page.getByText(/records match/).waitFor();
  await p.click(p.page.getByRole("columnheader", { name: /views/ }).getByRole("button", { name: /views/ }).first());
  await p.page.waitForURL(/s=views/);
  await p.cell(0, 3).filter({ hasText: "90" }).waitFor();
  await within(p, 1, 2);
});

test("task: bulk delete 3, and undo", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=-views" });
  await p.cell(0, 2).waitFor();
  const total = (await server.pb.collection("posts").getList(1, 1)).totalItems;
  p.begin();
  await p.click(p.cell(0, 0));
  await p.click(p.cell(2, 0), { modifiers: ["Shift"] });
  await p.press("Delete");
  await p.page.getByRole("alertdialog").waitFor();
  await p.page.keyboard.press("Tab");
  await p.press("Enter");
  await p.page.getByText("3 records deleted.").waitFor();
  assert.equal((await server.pb.collection("posts").getList(1, 1)).totalItems, total - 3);
  assert.ok(p.clicks <= 2 && p.keys <= 2);
  await p.page.getByRole("button", { name: "Undo" }).click();
  await p.page.getByText(/Took back/).waitFor();
  assert.equal((await server.pb.collection("posts").getList(1, 1)).totalItems, total);
  await p.leave();
});

test("task: go to a collection; record by id anywhere", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.grid().waitFor();
  p.begin();
  await p.press("Control+k");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  await p.type("authors");
  await p.press("Enter");
  await p.grid("authors").waitFor();
  assert.ok(p.clicks === 0 && p.keys <= 2);
  p.begin();
  await p.press("Control+k");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  await p.type(id(7));
  await p.page.getByRole("option", { name: /^Record/ }).waitFor();
  await p.press("Enter");
  await p.page.getByRole("form", { name: new RegExp(id(7)) }).waitFor();
  await within(p, 0, 2);
});

test("task: undo the last change", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(4, 2).waitFor();
  await p.doubleClick(p.cell(4, 2));
  await p.type("Not this");
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  await saved;
  p.begin();
  await p.press("Control+z");
  await p.page.getByText(/Took back/).waitFor();
  assert.equal((await server.pb.collection("posts").getOne(id(4))).title, "Post 4");
  await within(p, 0, 1);
});

test("task: set a relation; REC-6 type, Enter", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id" });
  await p.cell(5, 7).waitFor();
  p.begin();
  await p.doubleClick(p.cell(5, 7));
  await p.type("Radia");
  await p.page.getByRole("option", { name: /Radia/ }).waitFor();
  await p.page.waitForFunction(() => document.querySelectorAll("[role=option]").length === 1);
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  await saved;
  const post = await server.pb.collection("posts").getOne(id(5), { expand: "author" });
  assert.equal(post.expand.author.name, "Radia");
  await within(p, 1, 1);
});

test("GRID-8 the grid says how many rows and columns there are, and how it is sorted", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=-views" });
  await p.cell(0, 2).waitFor();
  await p.page.getByText(/300 records/).waitFor();
  assert.equal(await p.grid().getAttribute("aria-rowcount"), "301");
  assert.equal(await p.page.getByRole("columnheader", { name: /views/ }).getAttribute("aria-sort"), "descending");
  assert.equal(await p.page.locator('[role=row][aria-rowindex="2"]').count(), 1);
  await p.leave();
});

test("URL-3 what is not found is named", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/pots" });
  await p.page.getByText("There is no collection called").waitFor();
  await p.page.getByText("pots", { exact: true }).waitFor();
  await p.leave();
});

test("A11Y-1 axe finds nothing on the grid, the panel, the palette and the sign-in page, light and dark", async () => {
  for (const theme of ["light", "dark"]) {
    const p = await Person.arrive(browser, server, { at: `/c/posts?r=${id(3)}`, theme });
    await p.cell(0, 2).waitFor();
    await p.page.getByRole("form").waitFor();
    assert.deepEqual(await p.axe(), []);
    await p.press("Control+k");
    await p.page.getByPlaceholder(/Collection, record id/).waitFor();
    assert.deepEqual(await p.axe(), []);
    assert.deepEqual([...p.hosts], [new URL(server.url).host], "SEC-1");
    await p.leave();
    const guest = await Person.arrive(browser, server, { at: "/login", theme, signedIn: false });
    await guest.page.getByLabel("E-mail").waitFor();
    assert.deepEqual(await guest.axe(), []);
    await guest.leave();
  }
});
