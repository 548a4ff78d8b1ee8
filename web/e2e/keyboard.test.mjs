// The tasks of the dashboard's specification §9 by the keyboard alone, as §8.1 wants them: nothing is clicked, and the
// focus is led by keys. What has it is seen to have it, and who leaves a layer is back where it was opened.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";
import { until } from "./until.mjs";

fixture(async () => {
  await seed(server.pb, 300);
  for (const name of ["Yann", "Zoe"]) await server.pb.collection("users").create({ name, email: `${name.toLowerCase()}@example.org`, password: "12345678", passwordConfirm: "12345678" });
});

const post = (i) => server.pb.collection("posts").getOne(id(i));
const narrow = { width: 900, height: 800 };
const phone = { width: 390, height: 800 };

async function at(route, options) {
  const p = await Person.arrive(browser, server, { at: route, ...options });
  await p.page.evaluate(() => ["pointerdown", "mousedown"].forEach((t) => addEventListener(t, () => (window.pointed = true), true)));
  await p.settled();
  return p;
}

/** The records of a collection, with the focus in their grid. */
async function records(route = "/c/posts?s=id", options) {
  const p = await at(route, options);
  await p.cell(0, 2).waitFor();
  await p.press("Tab");
  await p.focusOn("link", "To the content");
  await p.press("Enter");
  await p.reach("gridcell");
  return p;
}

async function done(p) {
  assert.ok(!(await p.page.evaluate(() => window.pointed)), "no pointer was used");
  assert.deepEqual(p.errors, []);
  await p.leave();
}

/** Waits until a cell of the grid has the focus. */
async function onCell(p, row, col) {
  let now;
  const told = () => `the cell ${row}:${col} has the focus; it is ${now.seen ? "on" : "unseen on"} ${now.cell ?? now.is}`;
  await until(told, async () => (now = await p.focused()).seen && now.cell === `${row}:${col}`);
}

const times = (n, key) => Array(n).fill(key);

async function palette(p, text, option) {
  await p.press("Control+k");
  await p.focusOn("combobox", /Collection, record id|Search and commands/);
  await p.type(text);
  await p.page.getByRole("option", { name: option }).first().waitFor();
  await p.press("Enter");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor({ state: "hidden" });
}

const said = (p, text) => p.page.getByText(text).first().waitFor();

test("A11Y-2 keyboard alone: a collection with four fields and an index, then to it from elsewhere", async () => {
  const p = await at("/c/posts");
  await p.cell(0, 2).waitFor();
  await palette(p, "new collection", /^New collection/);
  await p.focusOn("textbox", "Name");
  await p.type("tasks");
  for (const line of ["title text!", "due date", "owner users", "state select(open, done)"]) {
    await p.press("Enter");
    await p.focusOn("textbox", "Name of the field");
    await p.type(line);
  }
  await p.reach("button", "Index");
  await p.press("Enter");
  const index = p.page.getByRole("dialog", { name: "New index" });
  await p.reach("checkbox", /^title/, { within: index });
  await p.press("Space");
  await p.reach("button", "Add the index", { within: index });
  await p.press("Enter");
  await p.page.getByRole("button", { name: "Drop the index on title" }).waitFor();
  await p.focusOn("button", "Index");
  await assert.rejects(server.pb.collections.getOne("tasks"), "an index does not save the collection");
  await p.press("Control+s");
  await p.page.waitForURL(/#\/c\/tasks/);
  await said(p, "Records of tasks will be listed here.");
  await p.focusOn("main");
  const made = await server.pb.collections.getOne("tasks");
  assert.deepEqual(made.fields.map((f) => f.name), ["id", "title", "due", "owner", "state"]);
  assert.match(made.indexes[0], /title/);
  await palette(p, "posts", "posts");
  await p.cell(0, 2).waitFor();
  await palette(p, "tasks", "tasks");
  await said(p, "Records of tasks will be listed here.");
  await p.reach("button", "New record");
  await p.press("Enter");
  await p.focusOn("textbox", "title");
  await p.press("Escape");
  await p.focusOn("button", "New record");
  await done(p);
});

test("A11Y-2 keyboard alone: a record with two values is added", async () => {
  const p = await at("/c/authors");
  await p.cell(0, 2).waitFor();
  await p.press("n");
  await p.focusOn("textbox", "name");
  await p.type("Margaret");
  await p.press("Tab");
  await p.focusOn("textbox", "email");
  await p.type("margaret@example.org");
  await p.press("Control+s");
  await p.page.getByRole("form", { name: /^Record \w{15} of authors/ }).waitFor();
  assert.equal((await server.pb.collection("authors").getFirstListItem('name = "Margaret"')).email, "margaret@example.org");
  await done(p);
});

test("A11Y-2 keyboard alone: a cell is edited, a refused one is back with the focus, and the last change is undone", async () => {
  const p = await records();
  await p.press("ArrowRight", "F2");
  await p.press("Control+a");
  await p.type("By keys");
  await p.press("Enter");
  await onCell(p, 1, 2);
  await p.cell(0, 2).filter({ hasText: "By keys" }).waitFor();
  await p.press("Enter", "Control+a", "Delete", "Enter");
  await p.page.getByRole("alert").filter({ hasText: "blank" }).waitFor();
  await onCell(p, 1, 2);
  await p.cell(1, 2).filter({ hasText: "Post 1" }).waitFor();
  await p.press("Control+z");
  await said(p, /Took back/);
  assert.equal((await post(0)).title, "Post 0");
  await p.press("Escape", "Tab", "Shift+Tab");
  await onCell(p, 1, 2);
  await done(p);
});

test("A11Y-2 keyboard alone: a rule on a locked action, and a rule tried as somebody", async () => {
  const p = await records();
  await palette(p, "rules of", "Rules of posts");
  await p.page.getByRole("heading", { level: 1, name: "Rules of posts" }).waitFor();
  const update = p.page.getByRole("region", { name: "Update" });
  await p.reach("radio", undefined, { within: update });
  await p.press("ArrowRight");
  await p.reach("textbox", /Rule: Update/, { within: update });
  await p.press("End");
  await p.type(" && titl");
  await update.getByRole("option", { name: "title", exact: true }).waitFor();
  await p.press("Enter");
  await p.type(' != "x"');
  await p.press("Tab");
  await p.focusOn("button", "Templates");
  await p.press("Enter");
  await p.page.getByRole("menu").waitFor();
  await p.press("Escape");
  await p.page.getByRole("menu").waitFor({ state: "hidden" });
  await p.focusOn("button", "Templates");
  await p.press("Control+s");
  await said(p, "Saved. The rules hold from now on.");
  assert.equal((await server.pb.collections.getOne("posts")).updateRule, '@request.auth.id != "" && title != "x"');
  const pane = p.page.getByRole("region", { name: "Playground", exact: true });
  await p.press("a");
  await p.focusOn("combobox", "As", pane);
  await p.type("Zoe");
  await pane.getByRole("option", { name: "Yann" }).waitFor({ state: "hidden" });
  await p.press("Enter");
  await pane.getByRole("status").filter({ hasText: /records|record/ }).first().waitFor();
  await until("Zoe asks", async () => (await pane.getByRole("combobox", { name: "As", exact: true }).inputValue()) === "Zoe");
  await server.pb.collections.update("posts", { updateRule: null });
  await done(p);
});

test("A11Y-2 keyboard alone: filter and sort; the header's menu is reached and left", async () => {
  const p = await records();
  await p.press("/");
  await p.focusOn("combobox", "Filter");
  await p.type("views > 900");
  await p.press("Enter");
  await said(p, /records match/);
  await p.reach("gridcell");
  await onCell(p, 0, 1);
  await p.press("ArrowRight", "ArrowRight", "ArrowUp");
  await onCell(p, -1, 3);
  await p.press("Enter");
  await p.page.waitForURL(/s=views/);
  await p.cell(0, 3).filter({ hasText: "90" }).waitFor();
  await onCell(p, -1, 3);
  await p.press("Space");
  await p.page.waitForURL(/s=-views/);
  await p.press("ArrowLeft", "Shift+Enter");
  await p.page.waitForURL(/s=-views(%2C|,)title/);
  await p.press(".");
  await p.focusOn("menuitem", "Sort ascending");
  await p.press("n"); // the first letter of an item, not a shortcut
  await p.focusOn("menuitem", "Narrower");
  await p.press("Escape");
  await onCell(p, -1, 2);
  const header = p.page.getByRole("columnheader", { name: /title/ });
  const before = (await header.boundingBox()).width;
  await p.press(".");
  await p.focusOn("menuitem", "Sort ascending");
  await p.press("n");
  await p.focusOn("menuitem", "Narrower");
  await p.press("Enter");
  await onCell(p, -1, 2);
  await until("the column is narrower", async () => (await header.boundingBox()).width < before);
  await p.press("ArrowDown");
  await onCell(p, 0, 2);
  assert.doesNotMatch(p.page.url(), /r=new/);
  await done(p);
});

test("A11Y-2 keyboard alone: filter by the value of a cell; three are changed together; all that match go out as CSV", async () => {
  const p = await records();
  await p.press(...times(4, "ArrowRight"), ".");
  await p.page.getByRole("menuitem", { name: "Show this value alone" }).waitFor();
  await p.press("Escape");
  await onCell(p, 0, 5);
  await p.press(".");
  await p.focusOn("menuitem", "Show this value alone");
  await p.press("Enter");
  await said(p, "100 records match");
  await p.page.waitForURL(/status/);
  await p.cell(1, 1).filter({ hasText: id(3) }).waitFor();
  await onCell(p, 0, 5);
  await p.press("Shift+Space", "ArrowDown", "Shift+Space", "ArrowDown", "Shift+Space");
  await said(p, "3 selected");
  await p.reach("button", "Set a field");
  await p.press("Enter");
  const dialog = p.page.getByRole("dialog");
  await p.reach("combobox", "Field", { within: dialog });
  await p.type("v");
  await p.reach("spinbutton", "Value", { within: dialog }).catch(() => p.reach("textbox", "Value", { within: dialog }));
  await p.type("4711");
  await p.reach("button", "Set", { within: dialog });
  await p.press("Enter");
  await said(p, "views of 3 records was set.");
  await p.focusOn("button", "Set a field");
  assert.deepEqual((await Promise.all([0, 3, 6, 9].map(post))).map((r) => r.views), [4711, 4711, 4711, 63]);
  await p.reach("button", "Select none");
  await p.press("Enter");
  await onCell(p, 2, 5);
  await p.reach("button", "More", { back: true });
  await p.press("Enter");
  await p.focusOn("menuitem", "Export as CSV");
  const [file] = await Promise.all([p.page.waitForEvent("download"), p.press("Enter")]);
  assert.equal(new Set((await readFile(await file.path(), "utf8")).match(/^0{5}\d{10}(?=,)/gm)).size, 100);
  await p.focusOn("button", "More");
  await done(p);
});

test("A11Y-2 keyboard alone: three are deleted at the end of the list, and are back by undo", async () => {
  const p = await records();
  await p.press("Control+End");
  await onCell(p, 299, 1);
  await p.cell(297, 1).filter({ hasText: id(297) }).waitFor();
  await p.press("Shift+Space", "ArrowUp", "Shift+Space", "ArrowUp", "Shift+Space", "Control+End");
  await said(p, "3 selected");
  await p.press("Delete");
  const ask = p.page.getByRole("alertdialog");
  await p.focusOn("button", "Cancel", ask);
  await p.press("Escape");
  await onCell(p, 299, 1);
  await p.press("Delete");
  await p.reach("button", "Delete 3 records", { within: ask });
  await p.press("Enter");
  await said(p, "3 records deleted.");
  await said(p, "297 records");
  await onCell(p, 296, 1);
  await p.press("ArrowUp");
  await onCell(p, 295, 1);
  await p.press("Control+z");
  await said(p, /Took back/);
  assert.equal((await server.pb.collection("posts").getList(1, 1)).totalItems, 300);
  await done(p);
});

test("A11Y-2 keyboard alone: a provider of accounts is added, and taken away again", async () => {
  const p = await records("/c/users");
  await p.reach("link", "Sign-in", { back: true });
  await p.press("Enter");
  await p.page.getByRole("navigation", { name: "Sign-in" }).waitFor();
  await p.focusOn("main");
  await p.reach("link", "Providers");
  await p.press("Enter");
  await p.focusOn("textbox", "Find a provider");
  await p.type("github");
  await p.page.getByRole("button", { name: "GitHub" }).waitFor();
  await p.press("Enter");
  await p.focusOn("textbox", "Client id");
  await p.type("an-id");
  await p.press("Tab");
  await p.type("a-secret");
  await p.press("Control+s");
  await said(p, "Saved.");
  assert.equal((await server.pb.collections.getOne("users")).oauth2.providers[0].clientId, "an-id");
  await p.reach("button", "Remove GitHub", { back: true });
  await p.press("Enter");
  await p.page.getByRole("region", { name: "GitHub" }).waitFor({ state: "hidden" });
  await until("something near has the focus", async () => (await p.focused()).seen);
  await done(p);
});

test("A11Y-2 keyboard alone: a list example is copied", async () => {
  const p = await records();
  await p.reach("link", "API", { back: true });
  await p.press("Enter");
  await p.page.getByRole("region", { name: "Example in JavaScript" }).waitFor();
  await p.press("c");
  await said(p, "The example is copied.");
  await p.copied('collection("posts")');
  await done(p);
});

test("A11Y-2 keyboard alone: to a collection, to a record by its id, and a relation is set", async () => {
  const p = await records();
  await palette(p, "authors", "authors");
  await p.grid("authors").waitFor();
  await palette(p, id(7), /^Record/);
  await p.page.getByRole("form", { name: new RegExp(id(7)) }).waitFor();
  await p.press("Control+k", "Escape");
  await p.reach("button", "Close the panel");
  await p.press("Enter");
  await p.page.getByRole("form").waitFor({ state: "hidden" });
  await p.reach("gridcell");
  await p.press(...times(6, "ArrowRight"), "Enter");
  await p.type("Radia");
  await p.page.getByRole("option", { name: /Radia/ }).waitFor();
  await p.page.waitForFunction(() => document.querySelectorAll("[role=option]").length === 1);
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  await saved;
  const first = await p.cell(0, 1).textContent();
  assert.equal((await server.pb.collection("posts").getOne(first, { expand: "author" })).expand.author.name, "Radia");
  await onCell(p, 0, 7);
  await p.press("Enter", "Escape");
  await onCell(p, 0, 7);
  await done(p);
});

test("A11Y-2 keyboard alone: a unique index by the field's mark, a field dropped and kept", async () => {
  const p = await records("/c/authors");
  await p.reach("link", "Fields", { back: true });
  await p.press("Enter");
  const field = (name) => p.page.getByRole("listitem").filter({ has: p.page.getByLabel(`Type of ${name}`) });
  await field("email").waitFor();
  await p.reach("button", "unique", { within: field("email") });
  await p.press("Space");
  await p.press("Control+s");
  await said(p, "Saved.");
  assert.match((await server.pb.collections.getOne("authors")).indexes[0], /UNIQUE/);
  await p.reach("button", "Drop email");
  await p.press("Enter");
  await p.focusOn("button", "Keep email");
  await p.press("Enter");
  await p.page.getByRole("button", { name: "Drop email" }).waitFor();
  await p.reach("button", /^Drop the index/);
  await p.press("Enter");
  await p.focusOn("button", "Index");
  await done(p);
});

test("A11Y-2 keyboard alone: what saving would lose is asked for once, and saved by one answer", async () => {
  await server.pb.collections.create({ name: "scrap", type: "base", fields: [{ name: "a", type: "text" }, { name: "b", type: "text" }] });
  await server.pb.collection("scrap").create({ a: "kept", b: "lost" });
  const p = await at("/c/scrap/schema");
  await p.reach("button", "Drop b");
  await p.press("Enter");
  await said(p, /1 value is lost/);
  await p.reach("button", "Save");
  await p.press("Enter");
  const ask = p.page.getByRole("alertdialog");
  await p.focusOn("button", "Cancel", ask);
  await p.press("Escape");
  await p.focusOn("button", "Save");
  await p.press("Enter");
  await p.reach("button", "Save and lose them", { within: ask });
  await p.press("Enter");
  await said(p, "Saved.");
  await ask.waitFor({ state: "hidden" });
  assert.deepEqual((await server.pb.collections.getOne("scrap")).fields.map((f) => f.name), ["id", "a"]);
  await until("Save is off now; something near has the focus", async () => (await p.focused()).seen);
  await done(p);
});

test("A11Y-2 keyboard alone: a CSV of 1,000 rows is imported", async () => {
  const p = await records();
  // Whoever asks for choosers with the key that opens one may miss it: the wish goes another way to the browser.
  p.page.on("filechooser", () => {});
  await p.reach("button", "More", { back: true });
  await p.press("Enter");
  await p.focusOn("menuitem", "Export as CSV");
  await p.type("Imp");
  await p.focusOn("menuitem", "Import records");
  await p.press("Enter");
  const file = p.page.getByLabel(/A file of CSV/);
  await file.waitFor();
  await p.focusOn("main");
  for (let i = 0; i < 20 && !(await file.evaluate((el) => el === document.activeElement)); i++) await p.press("Tab");
  assert.ok(await file.evaluate((el) => el === document.activeElement), "the focus has come to the file");
  const csv = "title,views\n" + Array.from({ length: 1000 }, (_, i) => `Imported ${i},${i}`).join("\n");
  const [chooser] = await Promise.all([p.page.waitForEvent("filechooser"), p.press("Space")]);
  await chooser.setFiles({ name: "posts.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await said(p, /CSV: 1,?000 rows/);
  await p.press("Control+s");
  await said(p, /1,?000 created, 0 updated, 0 refused/);
  assert.equal((await server.pb.collection("posts").getList(1, 1, { filter: 'title ~ "Imported"' })).totalItems, 1000);
  await done(p);
});

test("A11Y-2 layers take the focus, keep it, and give it back", async () => {
  const p = await records("/c/posts?s=id&q=id < '000000000000100'");
  for (const key of ["Control+k", "?"]) {
    await p.press(key);
    const layer = p.page.getByRole("dialog");
    await layer.waitFor();
    for (let i = 0; i < 5; i++) {
      assert.ok(await layer.evaluate((el) => el.contains(document.activeElement)), `${key}: the focus is in the layer`);
      await p.press("Tab");
    }
    await p.press("Escape");
    await onCell(p, 0, 1);
  }
  // A layer that a menu opens gives the focus back to the menu's button.
  await p.reach("button", "You and this browser", { back: true });
  await p.press("Enter");
  await p.focusOn("menuitemcheckbox", "As the system");
  await p.type("All");
  await p.focusOn("menuitem", /All shortcuts/);
  await p.press("Enter");
  await p.page.getByRole("dialog", { name: "Shortcuts" }).waitFor();
  await p.press("Escape");
  await p.focusOn("button", "You and this browser");
  // An action of the palette that leads somewhere leads there.
  await palette(p, "filter the", "Filter the records");
  await p.focusOn("combobox", "Filter");
  await done(p);
});

test("A11Y-2 the record panel: opened, walked, its parts by arrows, left by one Escape, also with a tip in the way", async () => {
  const p = await records();
  await p.press("ArrowDown", "o");
  const form = (i) => p.page.getByRole("form", { name: new RegExp(id(i)) });
  await form(1).waitFor();
  await onCell(p, 1, 1);
  await p.press("j");
  await form(2).waitFor();
  await onCell(p, 2, 1);
  await p.press("2");
  await p.page.getByRole("tabpanel", { name: "JSON" }).waitFor();
  await p.press("1");
  await p.reach("tab", "Fields");
  await p.press("ArrowRight");
  await p.focusOn("tab", "JSON");
  await p.press("ArrowLeft");
  await p.focusOn("tab", "Fields");
  await p.reach("button", "More", { back: true, within: form(2) });
  await p.page.getByRole("tooltip", { name: "More" }).waitFor();
  await p.press("Enter");
  await p.focusOn("menuitem", "Copy as JSON");
  await p.press("End");
  await p.focusOn("menuitem", "Delete");
  await p.press("Enter");
  await p.focusOn("button", "Cancel", p.page.getByRole("alertdialog"));
  await p.press("Escape");
  await p.page.getByRole("alertdialog").waitFor({ state: "hidden" });
  await p.focusOn("button", "More", form(2));
  await p.press("Escape");
  await form(2).waitFor({ state: "hidden" });
  await onCell(p, 2, 1);
  // Deleted from its panel: the focus is at the row that has taken its place.
  await p.press("o");
  await form(2).waitFor();
  await p.reach("button", "More", { within: form(2) });
  await p.press("Enter");
  await p.focusOn("menuitem", "Copy as JSON");
  await p.press("End");
  await p.focusOn("menuitem", "Delete");
  await p.press("Enter");
  await p.focusOn("button", "Cancel", p.page.getByRole("alertdialog"));
  await p.reach("button", "Delete 1 record", { within: p.page.getByRole("alertdialog") });
  await p.press("Enter");
  await said(p, "1 record deleted.");
  await form(2).waitFor({ state: "hidden" });
  await onCell(p, 2, 1);
  await p.press("Control+z");
  await said(p, /Took back/);
  await done(p);
});

for (const [size, viewport] of Object.entries({ "narrow window": narrow, phone }))
  test(`A11Y-2 keyboard alone on a ${size}: a cell, the panel over it, left by one Escape`, async () => {
    const p = await records("/c/posts?s=id", { viewport });
    await p.press("ArrowRight", "F2", "Control+a");
    await p.type(`From a ${size}`);
    await p.press("Enter");
    await p.cell(0, 2).filter({ hasText: `From a ${size}` }).waitFor();
    await onCell(p, 1, 2);
    await p.press("o");
    const sheet = p.page.getByRole("dialog");
    await sheet.getByRole("form").waitFor();
    await p.reach("button", "More", { within: sheet });
    await p.page.getByRole("tooltip", { name: "More" }).waitFor();
    await p.press("Escape");
    await sheet.waitFor({ state: "hidden" });
    await onCell(p, 1, 2);
    await p.press("o");
    await sheet.getByRole("form", { name: new RegExp(id(1)) }).waitFor();
    await p.reach("button", /^Remove/, { within: sheet });
    await p.press("Enter");
    await sheet.getByRole("combobox", { name: "author" }).waitFor();
    await p.reach("combobox", "author", { within: sheet, back: true });
    await sheet.getByRole("option", { name: /Radia/ }).waitFor();
    await p.press("Escape"); // the list alone
    await sheet.getByRole("option", { name: /Radia/ }).waitFor({ state: "hidden" });
    await p.press("Escape");
    await sheet.waitFor({ state: "hidden" });
    await onCell(p, 1, 2);
    await p.press("Home", "/");
    await p.focusOn("combobox", "Filter");
    await p.type("views > 900");
    await p.press("Enter");
    await said(p, /records match/);
    await p.press("Control+k");
    await p.focusOn("combobox", /Collection, record id|Search and commands/);
    await p.type("authors");
    await p.press("Enter");
    await p.grid("authors").waitFor();
    await done(p);
  });

test("A11Y-2 single letters are text where text is edited, and can be switched off", async () => {
  const p = await records();
  const letters = "n/?[]jko.gd1";
  const texts = [
    ["filter", async () => p.press("/"), () => p.page.getByRole("combobox", { name: "Filter" }).inputValue()],
    ["find", async () => p.reach("searchbox", "Find a collection", { back: true }), () => p.page.getByRole("searchbox", { name: "Find a collection" }).inputValue()],
  ];
  for (const [name, go, value] of texts) {
    await go();
    await p.type(letters);
    assert.equal(await value(), letters, name);
    assert.equal(await p.page.getByRole("dialog").count(), 0, name);
    assert.match(p.page.url(), /#\/c\/posts\?s=id$/, name);
    await p.press("Control+a", "Delete");
  }
  await p.reach("gridcell");
  await p.press("n");
  const form = p.page.getByRole("form", { name: "New record in posts" });
  await form.waitFor();
  for (const [role, name] of [["textbox", "title"], ["textbox", "meta"], ["textbox", "body"]]) {
    await form.getByRole(role, { name, exact: true }).and(p.page.locator("input, textarea, [contenteditable=true]")).waitFor();
    await p.reach(role, name, { within: form });
    await p.type("nope/?[]");
    assert.ok(await form.isVisible(), `${name}: the panel stays`);
    assert.equal(await p.page.getByRole("dialog").count(), 0, name);
  }
  // Code and rich text are left by Tab, both ways.
  await p.reach("textbox", "title", { within: form, back: true });
  await p.reach("button", "Create", { within: form });
  await p.press("Escape");
  await form.waitFor({ state: "hidden" });
  await p.reach("button", "You and this browser", { back: true });
  await p.press("Enter");
  await p.focusOn("menuitemcheckbox", "As the system");
  await p.type("Single");
  await p.focusOn("menuitemcheckbox", "Single-letter shortcuts");
  await p.press("Enter");
  await p.focusOn("button", "You and this browser");
  await p.press("?", "n", "Control+k");
  await p.focusOn("combobox", /Collection, record id|Search and commands/);
  await p.press("Escape");
  await p.focusOn("button", "You and this browser");
  assert.equal(await p.page.getByRole("dialog").count(), 0);
  assert.doesNotMatch(p.page.url(), /r=new/);
  await done(p);
});
