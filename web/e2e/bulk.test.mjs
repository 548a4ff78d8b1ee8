// What is done with many selected records at once. The dashboard's specification §5.3, bulk, and §4.5.
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

/** Somebody who has selected three posts from one on, and hears nothing of what others do meanwhile. */
async function selecting(first, options) {
  const p = await Person.arrive(browser, server, { at: "/start", ...options });
  await p.page.locator("h1").first().waitFor();
  await p.intercept("**/api/realtime", (r) => r.abort());
  await p.open(`/c/posts?s=id&q=${encodeURIComponent(`id >= "${id(first)}"`)}`);
  await p.cell(0, 1).filter({ hasText: id(first) }).waitFor();
  await p.page.getByText(/^\d+ records? match/).waitFor();
  await p.cell(0, 0).click();
  await p.cell(2, 0).click({ modifiers: ["Shift"] });
  await p.page.getByText("3 selected").waitFor();
  return p;
}

async function choose(p, menu, item) {
  await button(p, menu).click();
  await p.page.getByRole("menuitem", { name: item, exact: true }).click();
}

test("ROB-2 setting a field of many overwrites nothing that somebody else has changed meanwhile, and is undone at once", async () => {
  const p = await selecting(0);
  await button(p, "Set a field").click();
  await dialog(p).getByLabel("Field").selectOption("views");
  await dialog(p).getByLabel("Value").fill("4711");
  await dialog(p).getByText("3 cells of 3 records will change.").waitFor();
  await dialog(p).getByRole("row").filter({ hasText: id(1) }).filter({ hasText: /7.*4711/ }).waitFor();
  await posts().update(id(1), { views: 99 });
  await button(p, "Set").click();
  await dialog(p).getByText("2 written, 1 refused.").waitFor();
  await dialog(p).getByText("mine: 4711 · theirs: 99").waitFor();
  assert.deepEqual(await p.axe(), []);
  assert.deepEqual(await values("views", 0, 1, 2, 3), [4711, 99, 4711, 21]);
  await button(p, "Set anyway").click();
  await dialog(p).waitFor({ state: "hidden" });
  assert.deepEqual(await values("views", 1), [4711]);
  await p.cell(0, 2).click();
  await p.press("Control+z");
  await p.page.getByText("Took back 1 changed record.").waitFor();
  await p.press("Control+z");
  await p.page.getByText("Took back 2 changed records.").waitFor();
  assert.deepEqual(await values("views", 0, 1, 2), [0, 99, 14]);
  await p.leave();
});

test("ROB-2 a number is increased by what it has when it is written, and so is it taken back", async () => {
  const p = await selecting(10);
  await choose(p, "More changes", "Increase a number");
  await dialog(p).getByLabel("By").fill("5");
  await dialog(p).getByRole("row").filter({ hasText: id(10) }).filter({ hasText: /70.*75/ }).waitFor();
  await posts().update(id(11), { "views+": 1000 });
  await p.press("Enter");
  await p.page.getByText("views of 3 records was increased.").waitFor();
  assert.deepEqual(await values("views", 10, 11, 12), [75, 1082, 89]);
  await p.cell(0, 2).click();
  await p.press("Control+z");
  await p.page.getByText("Took back 3 changed records.").waitFor();
  assert.deepEqual(await values("views", 10, 11, 12), [70, 1077, 84]);
  await p.leave();
});

test("values are added to lists and taken from them, whatever else is in them", async () => {
  const p = await selecting(20, { theme: "dark" });
  assert.deepEqual(await values("tags", 20, 21, 22), [["go", "js"], [], ["go"]]);
  await choose(p, "More changes", "Add to a list");
  await dialog(p).getByLabel("go", { exact: true }).check();
  await dialog(p).getByLabel("db", { exact: true }).check();
  await dialog(p).getByText("3 cells of 3 records will change.").waitFor();
  assert.deepEqual(await p.axe(), []);
  await posts().update(id(21), { tags: ["js"] });
  await button(p, "Add").click();
  await p.page.getByText("tags of 3 records was extended.").waitFor();
  assert.deepEqual(await values("tags", 20, 21, 22), [["go", "js", "db"], ["js", "go", "db"], ["go", "db"]]);
  await choose(p, "More changes", "Take from a list");
  await dialog(p).getByLabel("js", { exact: true }).check();
  await dialog(p).getByText("2 cells of 2 records will change. 1 cell has the value already.").waitFor();
  await button(p, "Take").click();
  await p.page.getByText("tags of 2 records was reduced.").waitFor();
  assert.deepEqual(await values("tags", 20, 21, 22), [["go", "db"], ["go", "db"], ["go", "db"]]);
  await p.cell(0, 2).click();
  await p.press("Control+z");
  await p.page.getByText("Took back 2 changed records.").waitFor();
  await p.press("Control+z");
  await p.page.getByText("Took back 3 changed records.").waitFor();
  assert.deepEqual(await values("tags", 20, 21, 22), [["go", "js"], ["js"], ["go"]]);
  await p.leave();
});

test("a change is only checked: it says which records would be refused, and writes nothing", async () => {
  const { fields } = await server.pb.collections.getOne("posts");
  const p = await selecting(30);
  await button(p, "Set a field").click();
  await dialog(p).getByLabel("Value").fill("x".repeat(201));
  await dialog(p).getByText("3 cells of 3 records will change.").waitFor();
  await button(p, "Check only").click();
  await dialog(p).getByText("Nothing was written. 0 would be, 3 refused.").waitFor();
  await dialog(p).getByText(/title: .*200/).first().waitFor();
  assert.deepEqual(await p.axe(), []);
  await dialog(p).getByLabel("Value").fill("Short");
  await dialog(p).getByText("Nothing was written.").waitFor({ state: "hidden" });
  await posts().update(id(31), { title: "Theirs" });
  await button(p, "Check only").click();
  await dialog(p).getByText("Nothing was written. 2 would be, 1 refused.").waitFor();
  await dialog(p).getByText("mine: Short · theirs: Theirs").waitFor();
  assert.equal(await button(p, "Set anyway").count(), 0);
  assert.deepEqual(await values("title", 30, 31, 32), ["Post 30", "Theirs", "Post 32"]);
  await button(p, "Cancel").click();
  await dialog(p).waitFor({ state: "hidden" });
  // What stands there since before the limit was made.
  await server.pb.collections.update("posts", { fields: fields.map((f) => (f.name === "title" ? { ...f, max: 6 } : f)) });
  await choose(p, "More changes", "Check the records");
  await dialog(p).getByText("Nothing was written. 1 would be, 2 refused.").waitFor();
  await server.pb.collections.update("posts", { fields });
  await p.leave();
});

test("records are copied as JSON, CSV, SQL and JavaScript", async () => {
  await posts().update(id(40), { title: "=1+1", body: "it's" });
  const p = await selecting(40);
  const copied = async (form) => {
    await choose(p, "Copy or export", `Copy as ${form}`);
    await p.page.getByText(`3 records copied as ${form}.`).waitFor();
    return p.page.evaluate(() => navigator.clipboard.readText());
  };
  assert.deepEqual(JSON.parse(await copied("JSON")).map((r) => [r.id, r.title, "expand" in r]), [[id(40), "=1+1", false], [id(41), "Post 41", false], [id(42), "Post 42", false]]);
  const csv = (await copied("CSV")).split("\r\n");
  assert.match(csv[0], /^id,title,views/);
  assert.match(csv[1], /^000000000000040,'=1\+1,280,true/);
  const sql = (await copied("SQL")).split("\n");
  assert.match(sql[0], /^INSERT INTO "posts" \("id", "title", "views", .*\) VALUES \('000000000000040', '=1\+1', 280, TRUE, .*'it''s'.*\);$/);
  assert.equal(sql.filter(Boolean).length, 3);
  // The program is run: it makes the records in another collection.
  await server.pb.collections.create({ name: "copies", type: "base", fields: ["title", "status"].map((name) => ({ name, type: "text" })) });
  const program = (await copied("JavaScript")).replace('pb.collection("posts")', 'pb.collection("copies")').split(/\n\n(?=const records)/)[1];
  await new Function("pb", `return (async () => { ${program} })()`)(server.pb);
  assert.deepEqual((await server.pb.collection("copies").getFullList({ sort: "id" })).map((r) => [r.id, r.title, r.status]), [[id(40), "=1+1", "review"], [id(41), "Post 41", "done"], [id(42), "Post 42", "draft"]]);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("PAL-1 what is done with selected records stands in the palette", async () => {
  const p = await selecting(50);
  await p.press("Control+k");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  await p.type(">Selected records");
  for (const name of ["set a field", "add to a list", "increase a number", "check the records", "copy as SQL", "export as CSV"]) await p.page.getByRole("option", { name: `Selected records: ${name}` }).waitFor();
  await p.leave();
});
