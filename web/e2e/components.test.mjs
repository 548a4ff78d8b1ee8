// The page that shows every component in every state (specification §7).
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";

fixture();

const names = [
  "Button", "IconButton", "Link", "Field", "TextInput", "PasswordInput", "TextArea", "Select", "Combobox", "Checkbox", "Switch", "Segmented", "Disclosure",
  "Tag", "AccessMark", "IdChip", "TimeText", "Banner", "ConflictBar", "EmptyState", "ErrorState", "Skeleton", "Toast",
  "Tooltip", "Menu", "Popover", "Dialog", "Sheet", "Palette", "ShortcutSheet", "DataGrid", "Gallery", "Map", "MapPicker", "FilterLine", "Table of rows", "CodeField", "RuleEditor", "RuleTree", "Matrix", "Test of a rule",
  ...["text", "rich text", "number", "bool", "e-mail", "url", "date", "autodate", "select", "select, several", "file", "relation", "json", "geo point", "password"].map((k) => `Field type: ${k}`),
];

test("it is reached through the palette alone, and loads nothing before", async () => {
  const p = await Person.arrive(browser, server, { at: "/start" });
  const scripts = [];
  p.page.on("request", (r) => scripts.push(new URL(r.url()).pathname));
  await p.page.locator("h1").waitFor();
  assert.equal(await p.page.getByRole("navigation", { name: "Main" }).getByText("Components").count(), 0);
  await p.press("Control+k");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  assert.deepEqual(scripts.filter((s) => /components-/.test(s)), []);
  await p.type("all components");
  await p.press("Enter");
  await p.page.getByRole("heading", { level: 1, name: "Components" }).waitFor();
  assert.match(p.page.url(), /#\/components$/);
  const shown = await p.page.locator("[data-story]").evaluateAll((all) => all.map((s) => s.dataset.story));
  assert.deepEqual(names.filter((n) => !shown.includes(n)), [], `shown: ${shown.join(", ")}`);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

for (const theme of ["light", "dark"])
  test(`A11Y-1 axe finds nothing on any component in any state, ${theme}`, async () => {
    const p = await Person.arrive(browser, server, { at: "/components", theme });
    await p.page.locator('[data-story="Matrix"]').waitFor();
    assert.deepEqual(await p.axe(), [], "at rest");
    const opens = { "Open a dialog": "dialog", "Open a wide dialog": "dialog", "Ask before deleting": "alertdialog", "Ask before dropping": "alertdialog", "Open a sheet": "dialog", "Open the palette here": "dialog", "Open the shortcuts here": "dialog", "More to do": "menu", Rows: "menu" };
    for (const [name, role] of Object.entries(opens)) {
      await p.page.locator("[data-story]").getByRole("button", { name, exact: true }).click();
      await p.page.getByRole(role).first().waitFor();
      assert.deepEqual(await p.axe("#layers"), [], name);
      await p.page.keyboard.press("Escape");
      await p.page.getByRole(role).first().waitFor({ state: "hidden" });
    }
    await p.page.getByRole("button", { name: "Say what was done" }).click();
    await p.page.getByRole("button", { name: "Say what failed" }).click();
    await p.page.getByText("Deleted 3 records.").waitFor();
    await p.page.getByRole("button", { name: "Show it wrong" }).click();
    await p.page.getByText("Right to left", { exact: true }).click();
    assert.deepEqual(await p.axe(), [], "toasts, a wrong filter, right to left");
    assert.deepEqual(p.errors, []);
    await p.leave();
  });

test("A11Y-5 components fit 320 pixels", async () => {
  const p = await Person.arrive(browser, server, { at: "/components", viewport: { width: 320, height: 640 } });
  await p.page.locator('[data-story="Matrix"]').waitFor();
  const wide = await p.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `${wide} pixels wide`);
  await p.leave();
});
