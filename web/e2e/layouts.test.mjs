// The other layouts of the records screen: pictures and points. The dashboard's specification §2.1, §5.3, §8.1, §13.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";
import { seedSights } from "./sights.mjs";
import { until } from "./until.mjs";

const hosts = new Set();
fixture(async () => {
  await seed(server.pb, 30);
  await seedSights(server.pb);
});

async function arrive(options) {
  const p = await Person.arrive(browser, server, options);
  p.page.on("request", (r) => /^(https?|wss?):/.test(r.url()) && hosts.add(new URL(r.url()).host));
  return p;
}

const tile = (p, i) => p.page.locator(`[data-tile="${i}"]`);
const group = (p, name) => p.page.getByRole("radiogroup", { name });
/** Clicks one of a group: its radio is only drawn for who does not see. */
const choose = (p, name, word) => p.click(group(p, name).locator("label").filter({ hasText: word }));
const record = (p) => p.page.getByRole("form", { name: /Record/ });
const loaded = (p, i) => p.page.waitForFunction((i) => document.querySelector(`[data-tile="${i}"] img`)?.naturalWidth, i);
const here = (p, i) => p.page.waitForFunction((i) => document.activeElement?.getAttribute("aria-activedescendant") === `gallery-${i}`, i);

test("the layouts that a collection can have are offered, in the head, by keys and in the palette", async () => {
  const p = await arrive({ at: "/c/sights" });
  await p.cell(0, 2).waitFor();
  await choose(p, "Layout", "Gallery");
  await p.page.waitForURL(/layout=gallery/);
  await tile(p, 0).getByText("Budapest").waitFor();
  await p.press("v", "t");
  await p.cell(0, 2).waitFor();
  await p.page.waitForURL((u) => !/layout/.test(u.hash));
  await p.press("Control+k");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  await p.type("as a gallery");
  await p.page.getByRole("option", { name: /Show as a gallery/ }).waitFor();
  await p.press("Enter");
  await tile(p, 0).waitFor();
  await p.page.goBack();
  await p.cell(0, 2).waitFor();
  // Without pictures and points there is nothing to choose; an address that asks for more shows the table.
  await p.open("/c/authors?layout=gallery");
  await p.grid("authors").waitFor();
  await p.cell(0, 1).waitFor();
  assert.equal(await group(p, "Layout").count(), 0);
  await p.leave();
});

test("a gallery shows pictures in the sizes that there are, protected ones too, and says where there is none", async () => {
  const asked = [];
  const p = await arrive({ at: "/c/sights?layout=gallery" });
  p.page.on("request", (r) => /\/api\/files\//.test(r.url()) && asked.push(new URL(r.url())));
  await loaded(p, 0);
  assert.equal(await tile(p, 0).locator("img").evaluate((i) => `${i.naturalWidth}x${i.naturalHeight}`), "200x200");
  await tile(p, 3).getByText("No picture").waitFor();
  await tile(p, 1).getByText("1", { exact: true }).waitFor();
  await tile(p, 1).getByText("bridge").waitFor();
  await p.page.getByRole("button", { name: "Gallery", exact: true }).click();
  await choose(p, "Size of the pictures", "Large");
  await p.page.waitForFunction(() => document.querySelector('[data-tile="0"] img')?.naturalWidth === 400);
  await p.page.getByLabel("Pictures of").selectOption("secret");
  await loaded(p, 4);
  await tile(p, 0).getByText("No picture").waitFor();
  const last = asked.at(-1).searchParams;
  assert.equal(last.get("thumb"), "400x400");
  assert.ok(last.get("token"));
  assert.ok(!asked.some((u) => u.search.includes(server.pb.authStore.token)));
  await choose(p, "Size of the pictures", "Small");
  await p.page.keyboard.press("Escape");
  await p.page.waitForFunction(() => /thumb=(100x100|200x200)/.test(document.querySelector('[data-tile="4"] img')?.src));
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("a gallery is driven by the keyboard; its selection is the table's", async () => {
  const p = await arrive({ at: "/c/sights?layout=gallery&s=rank" });
  await tile(p, 0).getByText("Budapest").waitFor();
  const grid = p.grid("sights");
  const columns = Number(await grid.getAttribute("aria-colcount"));
  assert.equal(Number(await grid.getAttribute("aria-rowcount")), Math.ceil(40 / columns));
  await grid.focus();
  await here(p, 0);
  await p.press("ArrowRight", "ArrowDown");
  await here(p, 1 + columns);
  const at = tile(p, 1 + columns);
  assert.equal(await at.getAttribute("aria-colindex"), "2");
  assert.equal(await at.locator("xpath=..").getAttribute("aria-rowindex"), "2");
  await p.press(" ", "ArrowUp", "ArrowLeft");
  await p.press("Shift+ ");
  await p.page.getByText(`${columns + 2} selected`).waitFor();
  await p.press("Control+End");
  await here(p, 39);
  await tile(p, 39).getByText("Buenos Aires").waitFor();
  await p.press("Control+Home", "Enter");
  await record(p).waitFor();
  await p.page.waitForURL(/r=000000000000000/);
  await grid.focus();
  await p.press("j");
  await p.page.getByRole("form", { name: /Record 000000000000001/ }).waitFor();
  await p.press("]");
  await record(p).waitFor({ state: "hidden" });
  await grid.focus();
  await p.press("o");
  await record(p).waitFor();
  await p.press("v", "t");
  await p.cell(1, 0).waitFor();
  assert.ok(await p.cell(1, 0).isChecked());
  await p.page.getByText(`${columns + 2} selected`).waitFor();
  assert.equal(p.clicks, 0);
  await p.leave();
});

test("a gallery is filtered, sorted and kept alive as the table is", async () => {
  const p = await arrive({ at: "/c/sights?layout=gallery&q=rank+%3C+3&s=-rank" });
  await tile(p, 0).getByText("Prague").waitFor();
  await p.page.getByText("3 records match").waitFor();
  await p.page.getByRole("button", { name: "Clear the filter" }).click();
  await p.page.getByText("40 records").waitFor();
  await p.page.waitForURL(/layout=gallery/);
  // Live: the box is clicked, the record changes elsewhere, a new one waits to be shown.
  await tile(p, 1).getByRole("checkbox").check();
  await p.page.getByText("1 selected").waitFor();
  await p.page.waitForFunction(() => performance.getEntriesByType("resource").some((e) => e.name.endsWith("/api/realtime")));
  const first = id(39);
  await until("changes are heard of", async () => {
    await server.pb.collection("sights").update(first, { name: `Changed ${Math.random()}` });
    return tile(p, 0).getByText(/^Changed/).waitFor({ timeout: 1000 }).then(() => true, () => false);
  });
  await server.pb.collection("sights").update(first, { name: "Buenos Aires" });
  const made = await server.pb.collection("sights").create({ name: "Reykjavik", rank: 99 });
  await p.page.getByRole("button", { name: "Show 1 new record" }).click();
  await tile(p, 0).getByText("Reykjavik").waitFor();
  await server.pb.collection("sights").delete(made.id);
  await tile(p, 0).getByText("Buenos Aires").waitFor();
  await p.leave();
});

test("a view keeps the layout and what it is drawn with", async () => {
  const p = await arrive({ at: "/c/sights?layout=gallery" });
  await tile(p, 0).waitFor();
  await p.page.getByRole("button", { name: "Gallery", exact: true }).click();
  await choose(p, "Size of the pictures", "Large");
  await p.page.keyboard.press("Escape");
  await p.page.getByRole("button", { name: "Views", exact: true }).click();
  await p.page.getByLabel("Save what is shown as").fill("Pictures");
  await p.page.keyboard.press("Enter");
  await p.page.waitForURL(/v=\w{15}/);
  const at = new URL(p.page.url()).hash.slice(1);
  await choose(p, "Layout", "Table");
  await p.page.getByRole("button", { name: /^Pictures\s*, changed$/ }).waitFor();
  await p.leave();

  const other = await arrive({ at: at.replace(/&?layout=gallery/, "") });
  await other.page.waitForURL(/layout=gallery/);
  await tile(other, 0).waitFor();
  await other.page.getByRole("button", { name: "Gallery", exact: true }).click();
  await other.page.getByRole("radio", { name: "Large", checked: true }).waitFor();
  await other.leave();
  // A link as it stands in the address bar says the same.
  const third = await arrive({ at });
  await third.page.getByRole("button", { name: "Pictures", exact: true }).waitFor();
  await third.page.getByRole("button", { name: "Gallery", exact: true }).click();
  await third.page.getByRole("radio", { name: "Large", checked: true }).waitFor();
  await third.page.keyboard.press("Escape");
  await third.page.getByRole("button", { name: "Pictures", exact: true }).click();
  await third.page.getByRole("button", { name: "Delete the view" }).click();
  await third.page.getByRole("button", { name: "Views", exact: true }).waitFor();
  await third.leave();
});

test("a gallery of 100,000 records keeps few elements and shows a far one", async () => {
  await server.pb.collections.create({ name: "heap", type: "view", viewQuery: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT CAST(i AS TEXT) AS id, sights.photo AS photo, i AS nr FROM n LEFT JOIN sights ON sights.id = '000000000000001'` });
  const p = await arrive({ at: "/c/heap?layout=gallery&s=nr" });
  await p.page.getByText("100,000 records").waitFor();
  await tile(p, 0).waitFor();
  await p.grid("heap").focus();
  await p.press("Control+End");
  await here(p, 99_999);
  await tile(p, 99_999).getByText("100000").first().waitFor();
  const elements = await p.page.evaluate(() => document.querySelectorAll("*").length);
  assert.ok(elements <= 3000, `${elements} elements`);
  await p.leave();
});

test("what waits to be saved is shown and marked in a gallery as in the table", async () => {
  const p = await arrive({ at: "/c/sights?s=rank" });
  await p.cell(0, 2).waitFor();
  await p.editIn("Staged");
  for (const [column, text] of [[2, "Pest"], [3, "-7"]]) {
    await p.doubleClick(p.cell(0, column));
    await p.cell(0, column).locator("input").fill(text);
    await p.press("Enter");
    await p.cell(0, column).getByText("Not saved; it was").waitFor({ state: "attached" });
  }
  await choose(p, "Layout", "Gallery");
  await tile(p, 0).getByText("Pest").waitFor();
  await tile(p, 0).getByText("Not saved; it was Budapest", { exact: true }).waitFor({ state: "attached" });
  await tile(p, 0).getByText("-7").waitFor();
  await tile(p, 0).getByText("Not saved; it was 0", { exact: true }).waitFor({ state: "attached" });
  assert.equal(await p.page.getByText("Not saved; it was").count(), 2);
  assert.deepEqual(await p.axe(), []);
  await p.press("Control+z", "Control+z");
  await tile(p, 0).getByText("Budapest", { exact: true }).waitFor();
  assert.equal(await p.page.getByText("Not saved; it was").count(), 0);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

for (const theme of ["light", "dark"])
  test(`A11Y-1 axe finds nothing on the layouts, ${theme}; A11Y-5 nor is one wider than a phone`, async () => {
    const p = await arrive({ at: "/c/sights?layout=gallery", theme });
    await loaded(p, 0);
    assert.deepEqual(await p.axe(), [], "gallery");
    await p.grid("sights").focus();
    await p.press(" ");
    await p.page.getByText("1 selected").waitFor();
    assert.deepEqual(await p.axe(), [], "gallery, selected");
    await p.page.getByRole("button", { name: "Gallery", exact: true }).click();
    await p.page.getByRole("dialog", { name: "Gallery" }).waitFor();
    assert.deepEqual(await p.axe(), [], "gallery, its menu");
    await p.page.keyboard.press("Escape");
    await p.page.setViewportSize({ width: 390, height: 800 });
    await tile(p, 0).waitFor();
    assert.ok((await p.page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
    assert.deepEqual(await p.axe(), [], "gallery on a phone");
    await p.page.getByRole("button", { name: "Gallery", exact: true }).click();
    await choose(p, "Layout", "Table");
    await p.cell(0, 2).waitFor();
    await choose(p, "Layout", "Gallery");
    await tile(p, 0).waitFor();
    await p.page.keyboard.press("Escape");
    await tile(p, 0).getByText("Budapest").click();
    await p.page.getByRole("dialog", { name: /^Record/ }).waitFor();
    await p.leave();
  });

test("SEC-1 the layouts asked our own server alone", () => {
  assert.deepEqual([...hosts], [new URL(server.url).host]);
});
