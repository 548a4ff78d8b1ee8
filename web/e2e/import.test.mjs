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
  await p.page.getByText("60 imported records gone again.").waitFor();
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

const long = "n".repeat(300);
/** Tables with headings that are there by chance or on purpose, and the names of those that go nowhere. */
const forms = {
  CSV: { table: `__proto__,constructor,toString,,${long},title,title\np,c,t,empty,long,First,Second`, nowhere: ["column 4", long, "title (column 7)"] },
  JSON: { table: `[{"__proto__": "p", "constructor": "c", "toString": "t", "": "empty", "${long}": "long", "title": "No", "title": "First"}]`, nowhere: ["column 4", long] },
};

test("headings that are strange, empty, doubled and long: what has a field comes in, nothing else changes", async () => {
  const names = ["__proto__", "constructor", "toString", "title"];
  await server.pb.collections.create({ name: "strange", type: "base", fields: names.map((name) => ({ name, type: "text" })) });
  const p = await Person.arrive(browser, server, { at: "/c/strange/import" });
  const text = p.page.getByLabel("or its text");
  const target = (column) => p.page.getByLabel(`Field for ${column}`, { exact: true });
  for (const [form, { table, nowhere }] of Object.entries(forms)) {
    await text.fill(table);
    await p.page.getByText(`${form}: 1 row`).waitFor();
    for (const name of names) assert.equal(await target(name).inputValue(), name);
    for (const name of nowhere) assert.equal(await target(name).inputValue(), "", name);
    assert.deepEqual(await p.axe(), [], "A11Y-1");
    await p.page.getByRole("button", { name: "Import 1 row" }).click();
    await p.page.getByText("1 created, 0 updated, 0 refused", { exact: true }).waitFor();
    const { items } = await server.pb.send("/api/collections/strange/records", { method: "GET" });
    assert.deepEqual(items.map((r) => names.map((name) => r[name])), [["p", "c", "t", "First"]]);
    await p.page.getByRole("button", { name: "Take the created ones back" }).click();
    await p.page.getByText("1 imported record gone again.").first().waitFor();
  }
  await text.fill(forms.CSV.table);
  await target("title (column 7)").selectOption("title");
  await p.page.getByText("Two columns go into title: skip one of them.").waitFor();
  assert.ok(await p.page.getByRole("button", { name: "Import 1 row" }).isDisabled());
  await text.fill("a,b\n1,2,3");
  await p.page.getByText("Line 2 has 3 values for 2 columns.").waitFor();
  await text.fill("a,b\n1,2");
  await p.page.getByText("No column goes into a field").waitFor();
  assert.ok(await p.page.getByRole("button", { name: "Import 1 row" }).isDisabled());
  assert.deepEqual(p.errors, []);
  await p.leave();
});
