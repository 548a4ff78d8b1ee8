// Keys that people choose (§4.2, WCAG 2.1.4), and keys that must not get lost on a slow machine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 100));

const sheet = (p) => p.page.getByRole("dialog", { name: "Shortcuts" });
const line = (p, name) => sheet(p).getByRole("listitem", { name, exact: true });
const change = (name) => `Change the keys of: ${name}`;

async function records(options) {
  const p = await Person.arrive(browser, server, { at: "/c/posts?s=id", ...options });
  await p.cell(0, 2).waitFor();
  return p;
}

/** Opens the sheet and begins to change the keys of an action. */
async function begin(p, name) {
  await p.press("?");
  await p.reach("button", change(name), { within: sheet(p) });
  await p.press("Enter");
  await p.focusOn("button", "Press the new keys");
}

async function closed(p) {
  await p.press("Escape");
  await sheet(p).waitFor({ state: "hidden" });
}

const fresh = (p) => p.page.getByRole("form", { name: "New record in posts" });

test("A11Y-2 a letter is changed: it is heard at once and after a reload, the sheet, tips and the palette show it, and it is taken back", async () => {
  const p = await records();
  const name = "New record in posts";
  await begin(p, name);
  await p.press("x");
  await p.focusOn("button", change(name));
  assert.match(await line(p, name).textContent(), /X/);
  await closed(p);
  await p.press("n"); // no more
  await p.press("x");
  await fresh(p).waitFor();
  await p.press("Escape");
  await fresh(p).waitFor({ state: "hidden" });
  await p.page.reload();
  await p.cell(0, 2).waitFor();
  await p.press("Control+k");
  await p.page.getByRole("option", { name: /New record in posts.*X$/ }).waitFor();
  await p.press("Escape");
  await p.page.getByRole("option").first().waitFor({ state: "hidden" });
  await p.press("x");
  await fresh(p).waitFor();
  await p.press("Escape");
  await fresh(p).waitFor({ state: "hidden" });

  await begin(p, "Hide the rail");
  await p.press("h");
  await p.focusOn("button", change("Hide the rail"));
  await closed(p);
  await p.reach("button", "Hide the rail", { back: true });
  await p.page.getByRole("tooltip", { name: /Hide the rail\s*H/ }).waitFor();
  await p.press("Escape");

  await p.press("?");
  await p.reach("button", `Reset the keys of: ${name}`, { within: sheet(p) });
  await p.press("Enter");
  await line(p, name).getByText("N", { exact: true }).waitFor();
  await line(p, "Hide the rail").getByText("H", { exact: true }).waitFor();
  await p.reach("button", "Reset all", { within: sheet(p) });
  await p.press("Enter");
  await line(p, "Hide the rail").getByText("[", { exact: true }).waitFor();
  await sheet(p).getByRole("button", { name: "Reset all" }).waitFor({ state: "hidden" });
  await closed(p);
  await p.press("n");
  await fresh(p).waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("A11Y-2 keys that are taken are refused and named; two keys, Ctrl, Escape and Tab while keys are changed", async () => {
  const p = await records();
  const name = "Show all shortcuts";
  const alert = sheet(p).getByRole("alert");
  await begin(p, name);
  await p.press("n");
  await alert.filter({ hasText: "N is taken: New record in posts." }).waitFor();
  await p.press("o");
  await alert.filter({ hasText: "O is taken: Open the record of the cell." }).waitFor();
  await p.press("Control+k");
  await alert.filter({ hasText: "Ctrl+K is taken: Open the palette." }).waitFor();
  await p.press("F2");
  await alert.filter({ hasText: "Press a letter, a digit or a sign" }).waitFor();
  assert.deepEqual(await p.axe(), []);
  await p.press("Escape");
  await p.focusOn("button", change(name));
  assert.ok(await sheet(p).isVisible(), "Escape ends the change alone");

  await p.press("Enter");
  await p.press("g");
  await p.focusOn("button", "G, and then?");
  await p.press("k");
  await p.focusOn("button", change(name));
  await closed(p);
  await p.press("?", "g", "k");
  await sheet(p).waitFor();
  await p.reach("button", change(name), { within: sheet(p) });
  await p.press("Enter", "Control+y");
  await line(p, name).getByText("Ctrl+Y").waitFor();
  await p.press("Enter");
  await p.focusOn("button", "Press the new keys");
  await p.press("Tab");
  await sheet(p).getByText("Press the new keys").waitFor({ state: "hidden" });
  await closed(p);
  await p.reach("combobox", "Filter");
  await p.press("Control+y"); // also where text is edited
  await sheet(p).waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("A11Y-2 letters on a cell: one that was chosen for what works there is no text, one that is free again is", async () => {
  const p = await records();
  await begin(p, "Filter the records");
  await p.press("f");
  await p.focusOn("button", change("Filter the records"));
  await closed(p);
  await p.reach("gridcell");
  await p.press("ArrowRight", "f");
  await p.focusOn("combobox", "Filter");
  await p.reach("gridcell");
  await p.press("/");
  const input = p.cell(0, 2).getByRole("textbox");
  await input.waitFor();
  assert.equal(await input.inputValue(), "/");
  await p.press("Escape");
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("A11Y-2 what is typed after a name was taken stands behind it, however late the next picture is drawn", async () => {
  const p = await Person.arrive(browser, server);
  await p.page.context().addInitScript(() => {
    const soon = window.requestAnimationFrame;
    window.requestAnimationFrame = (f) => setTimeout(() => soon(f), 60);
  });
  await p.page.goto("about:blank");
  await p.open("/c/posts/rules/list");
  const rule = p.page.getByRole("textbox", { name: "Rule: List" });
  await rule.focus();
  await p.press("End");
  await p.type(" && titl");
  await p.page.getByRole("option", { name: "title", exact: true }).waitFor();
  await p.press("Enter");
  await p.type(' != "x"');
  assert.equal(await rule.inputValue(), 'published = true && title != "x"');
  await p.press("Control+s");
  await p.page.getByText("Saved. The rules hold from now on.").waitFor();
  await p.leave();
});

test("A11Y-2 Space presses the button that has the focus, also where it is a shortcut", async () => {
  const p = await Person.arrive(browser, server, { at: "/realtime" });
  await p.page.getByRole("button", { name: "Pause" }).waitFor();
  await p.press("Space");
  await p.page.getByRole("button", { name: "Go on" }).waitFor();
  await p.reach("button", "Search and commands");
  await p.press("Space");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  await p.press("Escape");
  await p.page.getByRole("button", { name: "Go on" }).waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});
