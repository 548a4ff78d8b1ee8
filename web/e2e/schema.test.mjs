// Collections: the tasks of the dashboard's specification §9 on schemas, and the criteria of §5.6.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 40));

test("task: collection with 4 fields; SCH-1 four fields in seven keys", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  p.begin();
  await p.click(p.page.getByRole("link", { name: "New collection" }));
  await p.page.getByLabel("Name", { exact: true }).waitFor();
  await p.type("tasks");
  for (const line of ["title text!", "due date", "owner users", "state select(open, done)"]) {
    await p.press("Enter");
    await p.type(line);
  }
  await p.press("Control+s");
  await p.page.waitForURL(/#\/c\/tasks/);
  const c = await server.pb.collections.getOne("tasks");
  const users = await server.pb.collections.getOne("users");
  const by = Object.fromEntries(c.fields.map((f) => [f.name, f]));
  assert.deepEqual(Object.keys(by), ["id", "title", "due", "owner", "state"]);
  assert.ok(by.title.type === "text" && by.title.required && by.due.type === "date");
  assert.equal(by.owner.collectionId, users.id);
  assert.deepEqual(by.state.values, ["open", "done"]);
  assert.ok(p.clicks <= 1 && p.keys <= 6, `${p.clicks} clicks, ${p.keys} keys`);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("SCH-2 nothing that loses data saves without the count being shown", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts/schema" });
  await p.page.getByRole("button", { name: "Drop views" }).click();
  await p.page.getByText(/values are lost/).waitFor();
  await p.page.keyboard.press("Control+s");
  await p.page.getByRole("alertdialog").getByText(/39 values cannot be brought back/).waitFor();
  await p.page.getByRole("button", { name: "Cancel" }).click();
  assert.ok((await server.pb.collections.getOne("posts")).fields.some((f) => f.name === "views"));
  await p.leave();
});

test("SCH-3 a fault sits at its field", async () => {
  const p = await Person.arrive(browser, server, { at: "/new" });
  await p.page.getByLabel("Name", { exact: true }).fill("broken");
  await p.page.getByRole("button", { name: "Field", exact: true }).click();
  await p.type("state select()");
  await p.press("Control+s");
  const row = p.page.getByRole("listitem").filter({ has: p.page.getByLabel("Name of the field") });
  await row.getByRole("alert").first().waitFor();
  await p.leave();
});

test("SCH-4 renames keep data and are carried on into rules and indexes; SCH-5 ids stay", async () => {
  const before = await server.pb.collections.getOne("posts");
  await server.pb.collections.update("posts", { indexes: ["CREATE INDEX `idx_pub` ON `posts` (`published`)"] });
  const p = await Person.arrive(browser, server, { at: "/c/posts/schema" });
  const names = p.page.getByLabel("Name of the field");
  await names.first().waitFor();
  const at = before.fields.findIndex((f) => f.name === "published");
  await names.nth(at).fill("visible");
  await p.page.getByText(/published is called visible; its values stay/).waitFor();
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  const after = await server.pb.collections.getOne("posts");
  assert.equal(after.listRule, "visible = true");
  assert.match(after.indexes[0], /visible/);
  assert.deepEqual(after.fields.map((f) => f.id), before.fields.map((f) => f.id));
  assert.equal((await server.pb.collection("posts").getList(1, 1, { filter: "visible = true" })).totalItems, 26);
  await p.leave();
});

test("task: unique index", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/authors" });
  await p.cell(0, 2).waitFor();
  p.begin();
  await p.click(p.page.getByRole("link", { name: "Fields" }));
  const field = p.page.getByRole("listitem").filter({ has: p.page.getByLabel("Type of email") });
  await p.click(field.getByRole("button", { name: "unique" }));
  await p.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  assert.match((await server.pb.collections.getOne("authors")).indexes[0], /UNIQUE/);
  assert.ok(p.clicks <= 2 && p.keys <= 1, `${p.clicks} clicks, ${p.keys} keys`);
  await p.leave();
});

test("a view shows its first rows while its query is typed", async () => {
  const p = await Person.arrive(browser, server, { at: "/new" });
  await p.page.getByLabel("Name", { exact: true }).fill("busy");
  await p.page.getByText("View", { exact: true }).click();
  await p.page.getByLabel("Query").fill("select id, name from authors");
  await p.page.getByRole("region", { name: "First rows" }).getByText("Grace").waitFor();
  await p.page.keyboard.press("Control+s");
  await p.page.waitForURL(/#\/c\/busy/);
  await p.leave();
});

test("dropping a collection asks for its name; A11Y-1 axe finds nothing on the schema", async () => {
  await server.pb.collections.create({ name: "scrap", type: "base", fields: [{ name: "a", type: "text" }] });
  const p = await Person.arrive(browser, server, { at: "/c/scrap/schema" });
  await p.page.getByRole("button", { name: "Drop the collection" }).waitFor();
  assert.deepEqual(await p.axe(), []);
  await p.page.getByRole("button", { name: "Drop the collection" }).click();
  const drop = p.page.getByRole("button", { name: "Drop scrap" });
  await drop.waitFor();
  assert.deepEqual(await p.axe(), []);
  assert.ok(await drop.isDisabled());
  await p.page.getByRole("alertdialog").getByRole("textbox").fill("scrap");
  await drop.click();
  await p.page.getByText("scrap is gone.").waitFor();
  await assert.rejects(server.pb.collections.getOne("scrap"));
  await p.leave();
});
