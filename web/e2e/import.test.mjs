// Imports: the task of the dashboard's specification §9, and the criteria of §5.5.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 3));

const total = async (filter = "") => (await server.pb.collection("posts").getList(1, 1, { filter })).totalItems;

test("task: import a CSV; IMP-2 a dry run changes nothing; IMP-3 a refused row names line, column, value and code", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `"Import, ${i}",${i},${i % 2 ? "yes" : "no"},Ada`);
  rows.push("Broken,many,yes,Ada", "Alone,1,yes,Nobody", ",5,yes,Ada");
  const csv = ["title,views,published,author", ...rows].join("\n");
  const p = await Person.arrive(browser, server, { at: "/c/posts/import" });
  await p.page.getByLabel(/A file of CSV/).setInputFiles({ name: "posts.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await p.page.getByText("CSV: 63 rows").waitFor();
  await p.page.getByLabel(/Found in authors by/).selectOption("name");
  const before = await total();
  await p.page.keyboard.press("Control+Enter");
  await p.page.getByText("61 rows can be read, 2 values cannot. Nothing was written.").waitFor();
  assert.equal(await total(), before);
  assert.deepEqual(await p.axe(), [], "A11Y-1");
  await p.page.getByRole("button", { name: "Import 63 rows" }).click();
  await p.page.getByText("60 created, 0 updated, 3 refused", { exact: true }).waitFor();
  assert.equal(await total(), before + 60);
  const refused = p.page.getByRole("region", { name: "Refused values" });
  await refused.getByRole("row", { name: /62 views many this is no number/ }).waitFor();
  await refused.getByRole("row", { name: /63 author Nobody no record has this name/ }).waitFor();
  await refused.getByRole("row", { name: /64 title .*validation_required/ }).waitFor();
  await p.page.getByRole("button", { name: "Take the created ones back" }).click();
  await p.page.getByText("60 records that were imported are gone again.").waitFor();
  assert.equal(await total(), before);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("rows update what they name, or create it", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/authors/import" });
  await p.page.getByLabel("or its text").fill('{"name":"Ada","email":"ada@new.example"}\n{"name":"New","email":"new@new.example"}');
  await p.page.getByText("NDJSON: 2 rows").waitFor();
  await p.page.getByText("Update or create").click();
  await p.page.getByLabel("Key").selectOption("name");
  await p.page.getByRole("button", { name: "Import 2 rows" }).click();
  await p.page.getByText("1 created, 1 updated, 0 refused", { exact: true }).waitFor();
  assert.equal((await server.pb.collection("authors").getFirstListItem('name = "Ada"')).email, "ada@new.example");
  await p.leave();
});
