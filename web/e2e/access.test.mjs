// The table of access: the criteria of the dashboard's specification §5.8.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(async () => {
  await seed(server.pb, 3);
  await server.pb.collections.update("authors", { deleteRule: "" });
});

test("ACC-1 a cell leads to its rule; findings name what is open", async () => {
  const p = await Person.arrive(browser, server, { at: "/access" });
  await p.page.getByRole("region", { name: "Findings" }).getByText("Everyone may delete records without signing in.").waitFor();
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  await p.page.getByRole("row", { name: /posts/ }).getByRole("link", { name: "published = true" }).click();
  await p.page.waitForURL(/#\/c\/posts\/rules\/list/);
  await p.leave();
});

test("ACC-2 the table is copied as Markdown and as JSON", async () => {
  const p = await Person.arrive(browser, server, { at: "/access" });
  await p.page.getByRole("button", { name: "Copy" }).click();
  await p.page.getByRole("menuitem", { name: "As Markdown" }).click();
  assert.match(await p.copied("|"), /\| authors \| \*\*everyone\*\* \| \*\*everyone\*\* \| locked \| locked \| \*\*everyone\*\* \|/);
  await p.page.getByRole("button", { name: "Copy" }).click();
  await p.page.getByRole("menuitem", { name: "As JSON" }).click();
  const json = JSON.parse(await p.copied(`"posts": {`));
  assert.equal(json.posts.listRule, "published = true");
  await p.leave();
});

test("ACC-3 the screen shows what the server finds, each with the way to where it is changed", async () => {
  const { findings } = await server.pb.send("/api/dashboard/access", { method: "GET" });
  const p = await Person.arrive(browser, server, { at: "/access" });
  const shown = p.page.getByRole("region", { name: "Findings" }).getByRole("listitem");
  await shown.first().waitFor();
  assert.deepEqual(await shown.allTextContents(), findings.map((f) => `${f.collection || "Server"}: ${f.text}`));
  for (const action of ["delete", "methods"]) {
    const { text } = findings.find((f) => f.action === action);
    await shown.filter({ hasText: text }).getByRole("link").click();
    await p.page.waitForURL(new RegExp(`/(rules|auth)/${action}$`));
    await p.open("/access");
  }
  await p.leave();
});
