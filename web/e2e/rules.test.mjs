// Rules: the task of the dashboard's specification §9, and the criteria of §5.7 that the editor alone answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 10));

test("task: rule on a locked action", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  p.begin();
  await p.click(p.page.getByRole("link", { name: "Rules" }));
  const update = p.page.getByRole("region", { name: "Update" });
  await p.click(update.getByText("Rule", { exact: true }));
  await update.getByRole("textbox").waitFor();
  await p.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await server.pb.collections.getOne("posts")).updateRule, '@request.auth.id != ""');
  assert.ok(p.clicks <= 2 && p.keys <= 1, `${p.clicks} clicks, ${p.keys} keys`);
  await p.leave();
});

test("names are completed; a rule that does not parse says why at its place", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts/rules/list" });
  const list = p.page.getByRole("region", { name: "List and search" });
  const box = list.getByRole("textbox");
  await box.fill("");
  await list.getByText("A rule needs a text").waitFor();
  await box.pressSequentially("publ");
  await list.getByRole("option", { name: "published", exact: true }).waitFor();
  await p.page.keyboard.press("Tab");
  assert.equal(await box.inputValue(), "published");
  await box.pressSequentially(" = = 1");
  await p.page.keyboard.press("Control+s");
  await list.getByRole("alert").waitFor();
  await p.leave();
});

test("opening writes to everyone asks for the name, and is marked", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/authors/rules/create" });
  const create = p.page.getByRole("region", { name: "Create" });
  await create.getByText("Everyone").click();
  await create.getByText("public write").waitFor();
  await p.page.keyboard.press("Control+s");
  await p.page.getByRole("alertdialog").getByRole("textbox").fill("authors");
  await p.page.getByRole("button", { name: "Open it" }).click();
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await server.pb.collections.getOne("authors")).createRule, "");
  await p.page.getByRole("navigation", { name: "Main" }).getByRole("listitem").filter({ hasText: "authors" }).getByText("public write").waitFor();
  await p.leave();
});

test("lint names a guest's empty id, and lists that are stricter than views", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts/rules/list" });
  const list = p.page.getByRole("region", { name: "List and search" });
  await list.getByRole("textbox").fill("author = @request.auth.id");
  await list.getByText(/A guest's id is empty/).waitFor();
  await list.getByText(/Viewing is open to everyone/).waitFor();
  for (const theme of ["light", "dark"]) {
    await p.page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await p.axe(), [], "A11Y-1");
  }
  await p.leave();
});
