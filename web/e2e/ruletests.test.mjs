// Tests of rules: kept with the collection, run in the playground and before every save (specification §5.7).
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 12));
beforeEach(async () => {
  for (const t of await tests()) await server.pb.send(`/api/dashboard/rules/tests/${t.id}`, { method: "DELETE" });
  await server.pb.collections.update("posts", { listRule: "published = true", viewRule: "", createRule: null });
});

const tests = () => server.pb.send("/api/dashboard/rules/tests", { method: "GET" });
const keep = (t) => server.pb.send("/api/dashboard/rules/tests", { method: "POST", body: { collection: "posts", as: "guest", ...t } });
const draft = "000000000000003"; // is not published
const pane = (p) => p.page.getByRole("region", { name: "Playground", exact: true });
const list = (p) => p.page.getByRole("region", { name: "Tests", exact: true });
const refusal = (p) => p.page.getByRole("dialog", { name: /would fail/ });

test("what was tried is saved as a test by a click and a key, and is run with every rule that is typed", async () => {
  const p = await Person.arrive(browser, server, { at: `/playground?c=posts&a=list&r=${draft}` });
  await pane(p).getByRole("status").filter({ hasText: "left out of the list" }).waitFor();
  await list(p).getByText("A test says who must and must not get by").waitFor();
  p.begin();
  await p.click(pane(p).getByRole("button", { name: "Save as test" }));
  const dialog = p.page.getByRole("dialog", { name: "Save as test" });
  assert.equal(await dialog.getByLabel("Name").inputValue(), "A guest may not list Post 3");
  assert.ok(await dialog.getByLabel("Empty list").isChecked());
  await p.press("Enter");
  await list(p).getByText("1 test passes").waitFor();
  assert.ok(p.clicks <= 1 && p.keys <= 1, `${p.clicks} clicks, ${p.keys} keys`);
  const [kept] = await tests();
  assert.deepEqual({ ...kept, id: "" }, { id: "", collection: "posts", name: "A guest may not list Post 3", action: "list", as: "guest", record: draft, expect: "empty" });
  await p.page.getByLabel("Rule", { exact: true }).fill("views >= 0");
  await list(p).getByText("1 of 1 test fails").waitFor();
  await list(p).getByText(/Got allowed \(200\)\. The record is in the list/).waitFor();
  await p.page.getByLabel("Rule", { exact: true }).fill("published = true");
  await list(p).getByText("1 test passes").waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("a failing test blocks saving a rule unless it is overridden", async () => {
  await keep({ name: "drafts stay hidden", action: "list", record: draft, expect: "empty" });
  const p = await Person.arrive(browser, server, { at: "/c/posts/rules/list" });
  const rule = p.page.getByRole("region", { name: "List and search" }).getByRole("textbox");
  await rule.fill("views >= 0");
  await list(p).getByText("1 of 1 test fails").waitFor();
  await p.page.keyboard.press("Control+s");
  await refusal(p).getByText("drafts stay hidden").waitFor();
  await refusal(p).getByText(/Got allowed/).waitFor();
  for (const theme of ["light", "dark"]) {
    await p.page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await p.axe(), [], "A11Y-1");
  }
  await refusal(p).getByRole("button", { name: "Cancel" }).click();
  await refusal(p).waitFor({ state: "hidden" });
  assert.equal((await server.pb.collections.getOne("posts")).listRule, "published = true");
  assert.equal(await rule.inputValue(), "views >= 0", "what was typed is still there");
  await p.page.getByRole("button", { name: "Save", exact: true }).click();
  await refusal(p).getByRole("button", { name: "Save anyway" }).click();
  await p.page.getByText("The rules hold from now on").waitFor();
  assert.equal((await server.pb.collections.getOne("posts")).listRule, "views >= 0");
  await p.leave();
});

test("saving fields runs the tests on the collection as it would be, and those of other collections", async () => {
  await server.pb.collections.update("posts", { createRule: "" });
  await keep({ name: "anybody may post", action: "create", body: { title: "New" }, expect: "allowed" });
  const p = await Person.arrive(browser, server, { at: "/c/posts/schema" });
  const row = p.page.getByRole("listitem").filter({ has: p.page.getByRole("button", { name: "Options of views" }) });
  await row.getByRole("button", { name: "required" }).click();
  await p.page.keyboard.press("Control+s");
  await refusal(p).getByText("anybody may post").waitFor();
  await refusal(p).getByText(/the values do not: views/).waitFor();
  await p.page.keyboard.press("Escape");
  await refusal(p).waitFor({ state: "hidden" });
  const views = async () => (await server.pb.collections.getOne("posts")).fields.find((f) => f.name === "views").required;
  assert.equal(await views(), false);
  await p.page.keyboard.press("Control+s");
  await refusal(p).getByRole("button", { name: "Save anyway" }).click();
  await p.page.getByText("Saved.").waitFor();
  assert.equal(await views(), true);
  await p.leave();
});

test("a test is opened where it can be changed, and deleted with a way back", async () => {
  await server.pb.collections.update("posts", { createRule: "@request.query.key = 'k'" });
  await keep({ name: "with a key", action: "create", body: { title: "New", views: 1 }, query: { key: "k" }, expect: "allowed" });
  await keep({ name: "of somebody who is gone", action: "view", as: { collection: "users", id: "nobody000000000" }, record: draft, expect: "refused" });
  const p = await Person.arrive(browser, server, { at: "/playground?c=posts" });
  await list(p).getByText("1 of 2 tests fails").waitFor();
  await list(p).getByText("The account of this test is gone").waitFor();
  await list(p).getByRole("button", { name: "with a key", exact: true }).click();
  await pane(p).getByRole("heading", { name: "Try it: create" }).waitFor();
  await pane(p).getByRole("status").filter({ hasText: "Allowed 200 The record is made" }).waitFor();
  assert.equal(JSON.parse(await pane(p).getByLabel("Body").inputValue()).title, "New");
  for (const theme of ["light", "dark"]) {
    await p.page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await p.axe(), [], "A11Y-1");
  }
  await list(p).getByRole("button", { name: /Delete the test .of somebody/ }).click();
  await list(p).getByText("1 test passes").waitFor();
  await p.page.getByRole("button", { name: "Undo" }).click();
  await list(p).getByText("1 of 2 tests fails").waitFor();
  assert.equal((await tests()).length, 2);
  await p.leave();
});
