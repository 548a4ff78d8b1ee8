// What holds on every screen: axe finds nothing on it nor on its layers, its address opens it, requests go to our own
// server alone. The dashboard's specification §2.1, §8.1, §13.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { email, password, seed, startServer } from "./server.mjs";
import { screens } from "./shots.mjs";
import { seedSights } from "./sights.mjs";

const hosts = new Set();
fixture(async () => {
  await seed(server.pb, 60);
  await seedSights(server.pb);
}, () => startServer("--enable-sql"));

async function arrive(options) {
  const p = await Person.arrive(browser, server, options);
  p.hosts = hosts;
  p.page.on("request", (r) => /^(https?|wss?):/.test(r.url()) && hosts.add(new URL(r.url()).host));
  return p;
}

/** What opens over a screen: how to open it, by the name of its screen. */
const layers = {
  grid: {
    palette: (p) => p.press("Control+k"),
    shortcuts: (p) => p.press("?"),
    "user menu": (p) => p.page.getByRole("button", { name: "You and this browser" }).click(),
    columns: (p) => p.page.getByRole("button", { name: "Columns" }).click(),
    "column menu": (p) => p.page.getByRole("button", { name: "Column title" }).click({ force: true }),
    "cell menu": async (p) => {
      await p.cell(0, 2).click();
      await p.press(".");
    },
    "more menu": (p) => p.page.getByRole("button", { name: "More" }).first().click(),
    "deleting dialog": async (p) => {
      await p.cell(0, 0).click();
      await p.press("Delete");
    },
    "bulk dialog": async (p) => {
      await p.cell(2, 0).click();
      await p.page.getByRole("button", { name: "Set a field" }).click();
    },
    "cell editor": (p) => p.cell(1, 2).dblclick(),
  },
  gallery: { sizes: (p) => p.page.getByRole("button", { name: "Gallery", exact: true }).click() },
  panel: { menu: (p) => p.page.getByRole("form").getByRole("button", { name: "More" }).click() },
  schema: { "field menu": (p) => p.page.locator("#main").getByRole("button", { name: /More|menu/i }).first().click() },
  rules: { templates: (p) => p.page.getByRole("button", { name: "Templates" }).first().click() },
  realtime: { collections: (p) => p.page.getByRole("button", { name: "Listen to" }).click() },
};
const opened = "[role=dialog], [role=alertdialog], [role=menu], [role=grid] :is(input:not([type=checkbox]), textarea)";

for (const theme of ["light", "dark"])
  test(`A11Y-1 axe finds nothing on any screen, ${theme}`, async () => {
    const guest = await arrive({ at: "/login", signedIn: false, theme });
    await guest.page.getByLabel("E-mail").waitFor();
    assert.deepEqual(await guest.axe(), [], "sign-in");
    await guest.open("/request-password-reset");
    await guest.page.getByRole("heading", { name: "New password" }).waitFor();
    assert.deepEqual(await guest.axe(), [], "new password");
    await guest.leave();
    const p = await arrive({ theme });
    for (const [name, at] of Object.entries(screens)) {
      await p.open(at);
      await p.settled();
      assert.deepEqual(await p.axe(), [], name);
      for (const [layer, open] of Object.entries(layers[name] ?? {})) {
        await open(p);
        await p.page.locator(opened).first().waitFor({ timeout: 10_000 }).catch((err) => assert.fail(`${name}, ${layer} does not open: ${err.message}`));
        assert.deepEqual(await p.axe(), [], `${name}, ${layer}`);
        await p.page.keyboard.press("Escape");
        await p.page.locator(opened).first().waitFor({ state: "hidden" });
      }
    }
    await p.page.setViewportSize({ width: 900, height: 800 });
    await p.open(screens.panel);
    await p.page.getByRole("dialog", { name: /^Record/ }).waitFor();
    assert.deepEqual(await p.axe(), [], "panel as a sheet");
    assert.deepEqual(p.errors, []);
    await p.leave();
  });

test("URL-1 every address opens its screen in a fresh tab; PocketBase's addresses lead on", async () => {
  const id = "000000000000003";
  const addresses = {
    "/c/posts?q=views > 100&s=-views": /Records of posts/,
    [`/c/posts?r=${id}`]: new RegExp(`Record ${id} of posts`),
    [`/collections?collection=posts&recordId=${id}`]: new RegExp(`Record ${id} of posts`),
    "/collections?collection=posts&filter=views>100&sort=-views": /Records of posts/,
  };
  for (const [at, name] of Object.entries(addresses)) {
    const p = await arrive({ at });
    await p.page.getByRole(/Record \d/.test(String(name)) || /Record 0/.test(String(name)) ? "form" : "grid", { name }).waitFor();
    if (/views/.test(at)) await p.page.getByRole("columnheader", { name: /views/ }).and(p.page.locator("[aria-sort=descending]")).waitFor();
    await p.leave();
  }
  const headings = { "/settings": "Settings", "/settings/mail": "Settings", "/access": "Access", "/new": "New collection", "/new?from=posts": "A copy of posts", "/c/posts/schema": "Fields of posts", "/c/posts/rules/create": "Rules of posts", "/c/users/auth/providers": "Sign-in of users", "/c/posts/import": "Import into posts" };
  for (const [at, name] of Object.entries(headings)) {
    const p = await arrive({ at });
    await p.page.getByRole("heading", { level: 1, name: new RegExp(name) }).waitFor();
    await p.leave();
  }
});

test("URL-2 Back undoes exactly one navigation; URL-5 no secret stands in an address", async () => {
  const p = await arrive({ at: "/c/authors" });
  await p.grid("authors").waitFor();
  await p.open("/c/posts");
  await p.grid().waitFor();
  await p.cell(0, 2).dblclick();
  await p.type("Edited");
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  await saved;
  await p.page.goBack();
  await p.grid("authors").waitFor();
  assert.equal((await server.pb.collection("posts").getOne("000000000000000")).title, "Edited");
  assert.ok(!p.page.url().includes(server.pb.authStore.token));
  await p.leave();
});

test("URL-3 an unknown record and screen are named; URL-4 an id leads to the name of today", async () => {
  const p = await arrive({ at: "/c/posts?r=nobody000000000" });
  await p.page.getByText("There is no record nobody000000000 in posts").waitFor();
  await p.open("/nowhere");
  await p.page.getByText("#/nowhere").waitFor();
  const { id } = await server.pb.collections.getOne("authors");
  await p.open(`/c/${id}`);
  await p.page.waitForURL(/#\/c\/authors/);
  await p.leave();
});

test("AUTH-1 password managers find the fields; AUTH-2 signing in by the keyboard alone; AUTH-3 it loads no data code", async () => {
  const p = await arrive({ at: "/c/posts", signedIn: false });
  const scripts = [];
  p.page.on("request", (r) => scripts.push(new URL(r.url()).pathname));
  await p.page.reload();
  await p.page.getByLabel("E-mail").waitFor();
  assert.equal(await p.page.getByLabel("E-mail").getAttribute("autocomplete"), "username");
  assert.equal(await p.page.getByLabel("Password", { exact: true }).getAttribute("autocomplete"), "current-password");
  assert.deepEqual(scripts.filter((s) => /begin|grid|collections-/.test(s)), []);
  await p.type(email);
  await p.page.keyboard.press("Tab"); // to "Forgotten?"
  await p.page.keyboard.press("Tab");
  await p.type(password);
  await p.page.keyboard.press("Enter");
  await p.grid().waitFor();
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("A11Y-2 keyboard alone: to a record, change it, filter, undo; A11Y-3 the first row is three Tabs away", async () => {
  const p = await arrive({ at: "/c/posts?s=id" });
  await p.cell(0, 2).waitFor();
  const at = () => p.page.evaluate(() => document.activeElement?.getAttribute("data-cell"));
  await p.press("g");
  await p.press("r");
  await p.page.getByRole("heading", { level: 1, name: "Access" }).waitFor();
  await p.press("Control+k");
  await p.page.getByPlaceholder(/Collection, record id/).waitFor();
  await p.type("posts");
  await p.press("Enter");
  await p.cell(0, 2).waitFor();
  await p.press("/");
  await p.type("views > 20");
  await p.press("Enter");
  await p.page.getByText(/records match/).waitFor();
  await p.page.waitForFunction(() => document.querySelector('[data-cell="0:1"]'));
  for (let i = 0; i < 3 && !(await at()); i++) await p.page.keyboard.press("Tab");
  assert.ok(await at(), "a cell has the focus");
  await p.press("Home", "ArrowRight", "ArrowRight", "F2");
  await p.type("!");
  const saved = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Enter");
  await saved;
  await p.press("Control+z");
  await p.page.getByText(/Took back/).waitFor();
  await p.press("ArrowUp", "Shift+Enter");
  await p.page.getByRole("form", { name: /Record/ }).waitFor();
  assert.equal(p.clicks, 0);
  await p.leave();
});

test("GRID-9 at 390 pixels a row shows its id and two fields, and more than seven records fit", async () => {
  const view = await server.pb.send("/api/dashboard/views/posts", { method: "POST", body: { name: "What people have read most of all", options: { s: "-views" } } });
  const p = await arrive({ at: "/c/posts", viewport: { width: 390, height: 800 } });
  await p.cell(0, 3).waitFor();
  for (const column of [1, 2, 3]) {
    const box = await p.cell(0, column).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, `column ${column} ends at ${box.x + box.width}`);
  }
  const whole = await p.page.evaluate(() => {
    const grid = document.querySelector("[role=grid]").getBoundingClientRect();
    return [...document.querySelectorAll("[role=grid] [role=row]")].filter((r) => r.getBoundingClientRect().bottom <= grid.bottom).length - 1;
  });
  assert.ok(whole >= 7, `${whole} records`);
  // The head has two lines, whatever is shown in it, and what makes a record is one of the things seen.
  for (const at of ["/c/posts", `/c/posts?v=${view.id}&s=views`, "/c/_superusers"]) {
    await p.open(at);
    await p.cell(0, 2).waitFor();
    if (at.includes("v=")) await p.page.getByRole("button", { name: "Save", exact: true }).waitFor();
    const lines = await p.page.evaluate(() => new Set([...document.querySelectorAll("main header :is(h1, button)")].map((b) => Math.round((b.getBoundingClientRect().top + b.getBoundingClientRect().height / 2) / 10))).size);
    assert.equal(lines, 2, `lines of the head of ${at}`);
    const button = await p.page.getByRole("button", { name: "New", exact: true }).boundingBox();
    assert.ok(button.x + button.width <= 390 && button.y < 130, at);
  }
  await server.pb.send(`/api/dashboard/views/posts/${view.id}`, { method: "DELETE" });
  await p.page.getByRole("button", { name: "More", exact: true }).click();
  await p.page.getByRole("menuitem", { name: "Rules", exact: true }).click();
  await p.page.waitForURL(/rules/);
  await p.open("/c/posts");
  await p.page.getByRole("button", { name: "Show the rail" }).click();
  await p.page.getByRole("link", { name: "authors" }).click();
  await p.grid("authors").waitFor();
  await p.page.getByRole("navigation", { name: "Main" }).waitFor({ state: "hidden" });
  await p.leave();
});

test("A11Y-5 no screen is wider than 320 pixels but for what scrolls by itself", async () => {
  const p = await arrive({ viewport: { width: 320, height: 640 } });
  for (const [name, at] of Object.entries(screens)) {
    await p.open(at);
    await p.settled();
    const wide = await p.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${name} is ${wide} pixels wide`);
  }
  await p.leave();
});

test("SEC-1 the whole run asked our own server alone", () => {
  assert.deepEqual([...hosts], [new URL(server.url).host]);
});
