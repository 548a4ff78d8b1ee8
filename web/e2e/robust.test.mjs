// What goes wrong: the server is away, slow, refuses, sends half; somebody else writes. The dashboard's
// specification §3, §4.3, §4.5 and §8.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, password, seed } from "./server.mjs";
import { screens } from "./shots.mjs";
import { until } from "./until.mjs";

fixture(() => seed(server.pb, 60));

const title = (p) => p.page.getByRole("form").getByLabel("title");

/** Opens a record, and types what must not be lost. */
async function editing(i, text) {
  const p = await Person.arrive(browser, server, { at: `/c/posts?r=${id(i)}` });
  await title(p).fill(text);
  await p.page.getByText("1 field changed").waitFor();
  return p;
}

const troubles = {
  aborted: (r) => r.abort(),
  "answered with 500": (r) => r.fulfill({ status: 500, contentType: "application/json", body: '{"status":500,"message":"It broke.","data":{}}' }),
  truncated: (r) => r.fulfill({ status: 200, contentType: "application/json", body: '{"items":[{"id":"' }),
};

for (const [trouble, answer] of Object.entries(troubles))
  test(`ROB-1 every request ${trouble}: no white page`, async () => {
    const p = await Person.arrive(browser, server, { at: "/access" });
    await p.page.locator("h1").first().waitFor();
    await p.intercept("**/api/**", answer);
    for (const [name, at] of Object.entries(screens)) {
      await p.open(at);
      await p.page.waitForURL((u) => u.hash.startsWith(`#${at.split("?")[0]}`));
      const text = (await p.page.locator("#main").innerText()) + (await p.page.getByRole("navigation", { name: "Main" }).innerText());
      assert.ok(text.trim(), `${name} is white`);
    }
    assert.deepEqual(p.errors.filter((e) => e.startsWith("pageerror")), []);
    await p.leave();
  });

const headings = {
  "/start": "Start",
  "/c/posts": "posts",
  "/c/users?r=new": "users",
  "/c/posts/schema": "Fields of posts",
  "/new": "New collection",
  "/new?from=posts": "A copy of posts",
  "/c/posts/rules/list": "Rules of posts",
  "/c/users/auth/methods": "Sign-in of users",
  "/c/posts/import": "Import into posts",
  "/c/posts/api/list": "API of posts",
  "/playground?c=nothing": "Playground",
  "/access": "Access",
  "/diagram": "Diagram",
  "/components": "Components",
  "/sql": "SQL",
  "/realtime": "Realtime",
  "/settings/collections": "Collections",
  "/settings/mail": "Settings",
  "/nowhere": "Not found",
};

for (const [moment, answer] of Object.entries({ "still loads": () => {}, "could not be read": troubles["answered with 500"] }))
  test(`A11Y-3 a screen that ${moment} has one h1, which says what it is`, async () => {
    const p = await Person.arrive(browser, server, { at: "/components" });
    await p.intercept("**/api/**", answer);
    await p.page.reload(); // nothing is known any more
    for (const [at, heading] of Object.entries(headings)) {
      await p.open(at);
      let shown;
      await until(() => `${at} has the heading ${heading}; it has ${shown}`, async () => (shown = (await p.page.getByRole("heading", { level: 1 }).allInnerTexts()).join("; ")) === heading);
      assert.equal(await p.page.title(), `${heading} · Holdall`, "the tab is called so too");
    }
    assert.deepEqual(p.errors.filter((e) => e.startsWith("pageerror")), []);
    await p.leave();
  });

test("ROB-1 a save that fails in each way loses no input", async () => {
  const p = await editing(1, "Typed with care");
  for (const [trouble, answer] of Object.entries({ ...troubles, truncated: (r) => r.fulfill({ status: 502, body: "<html>" }) })) {
    await p.intercept("**/api/collections/posts/records/*", answer);
    await p.page.keyboard.press("Control+s");
    await p.page.getByRole("form").getByRole("alert").first().waitFor();
    assert.equal(await title(p).inputValue(), "Typed with care", trouble);
    await p.page.unroute("**/api/collections/posts/records/*");
  }
  await p.intercept("**/api/collections/posts/records/*", (r) => (r.request().method() === "PATCH" ? r.abort() : r.continue()));
  await p.page.keyboard.press("Control+s");
  await p.page.getByRole("form").getByRole("alert").first().waitFor();
  assert.equal(await title(p).inputValue(), "Typed with care", "the write alone fails");
  await p.page.unroute("**/api/collections/posts/records/*");
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await server.pb.collection("posts").getOne(id(1))).title, "Typed with care");
  await p.leave();
});

test("ROB-1 a write whose answer is cut short loses no input", async () => {
  const p = await editing(7, "Typed with care");
  await p.intercept("**/api/collections/posts/records/*", (r) => (r.request().method() === "PATCH" ? troubles.truncated(r) : r.continue()));
  await p.page.keyboard.press("Control+s");
  await p.page.getByRole("form").getByRole("alert").filter({ hasText: "cut short" }).waitFor();
  assert.equal(await title(p).inputValue(), "Typed with care");
  await p.page.getByRole("button", { name: "Close the panel" }).click();
  await p.cell(8, 2).dblclick();
  await p.type("In a cell");
  await p.press("Enter");
  await p.page.getByRole("alert").filter({ hasText: "cut short" }).waitFor();
  await p.cell(8, 2).filter({ hasText: "Post 8" }).waitFor();
  await p.page.unroute("**/api/collections/posts/records/*");
  await p.open(`/c/posts?r=${id(7)}`);
  await p.page.getByText("What you had not saved is back.").waitFor();
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await server.pb.collection("posts").getOne(id(7))).title, "Typed with care");
  await p.leave();
});

/** What each of these people does while every answer takes ten seconds: how it begins, what shows that it goes on, how it ends. */
const patient = {
  "opening a collection": {
    at: "/start",
    begin: (p) => p.open("/c/posts"),
    busy: (p) => p.page.locator("#main").getByRole("status", { name: "Loading" }),
    end: async (p) => {
      await p.open("/c/posts");
      await p.cell(0, 2).waitFor();
    },
  },
  "saving a record": {
    at: `/c/posts?r=${id(9)}`,
    begin: async (p) => {
      await title(p).fill("Saved slowly");
      await p.page.keyboard.press("Control+s");
    },
    busy: (p) => p.page.getByRole("form").getByRole("button", { name: "Save" }).and(p.page.locator("[aria-busy=true]")),
    kept: async (p) => assert.equal(await title(p).inputValue(), "Saved slowly"),
    end: async (p) => {
      await until("it is saved", async () => (await server.pb.collection("posts").getOne(id(9))).title === "Saved slowly");
      await p.open(`/c/posts?r=${id(9)}`);
      await p.page.waitForFunction(() => document.querySelector("form textarea, form input[type=text]:not([readonly])"));
      await until("the field has what was saved", async () => (await title(p).inputValue()) === "Saved slowly");
    },
  },
  "changing a cell": {
    at: "/c/posts?s=id",
    begin: async (p) => {
      await p.cell(10, 2).dblclick();
      await p.type("Changed slowly");
      await p.press("Enter");
    },
    busy: (p) => p.cell(10, 2).filter({ hasText: "Changed slowly" }),
    end: () => until("the record is saved", async () => (await server.pb.collection("posts").getOne(id(10))).title === "Changed slowly"),
  },
  "saving rules": {
    at: "/c/authors/rules/list",
    begin: async (p) => {
      await p.page.getByRole("region", { name: "List and search" }).getByText("Superusers only").click();
      await p.page.keyboard.press("Control+s");
    },
    busy: (p) => p.page.locator("#main").getByRole("button", { name: "Save", exact: true }).and(p.page.locator("[aria-busy=true]")),
    end: () => until("the rule is saved", async () => (await server.pb.collections.getOne("authors")).listRule === null),
  },
  "saving settings": {
    at: "/settings/application",
    begin: async (p) => {
      await p.page.getByLabel(/^Name/).fill("Slow");
      await p.page.keyboard.press("Control+s");
    },
    busy: (p) => p.page.locator("#main").getByRole("button", { name: /Sav/ }).and(p.page.locator("[aria-busy=true]")),
    kept: async (p) => assert.equal(await p.page.getByLabel(/^Name/).inputValue(), "Slow"),
    end: () => until("the settings are saved", async () => (await server.pb.settings.getAll()).meta.appName === "Slow"),
  },
  "signing in": {
    at: "/login",
    signedIn: false,
    begin: (p) => p.signIn(),
    busy: (p) => p.page.locator("main button[aria-busy=true]"),
    kept: async (p) => assert.equal(await p.page.getByLabel("Password", { exact: true }).inputValue(), password),
    elsewhere: { at: "/request-password-reset", title: "New password" },
    end: (p) => p.page.getByRole("navigation", { name: "Main" }).waitFor(),
  },
};

test("ROB-1 every answer held for 10 s: no white page, the work shows as going on, others can be done meanwhile, nothing is lost", async () => {
  const one = async ([what, { at, signedIn, begin, busy, kept, elsewhere = { at: "/start", title: "Start" }, end }]) => {
    const p = await Person.arrive(browser, server, { at, signedIn });
    await p.settled();
    if (at.startsWith("/c/posts")) await p.cell(0, 2).waitFor();
    const held = later(10_000);
    await p.intercept("**/api/**", (r) => held.then(() => r.continue()).catch(() => {})); // whoever has left is not told
    await begin(p);
    await busy(p).first().waitFor({ timeout: 8000 });
    await kept?.(p);
    assert.ok((await p.page.locator("#app").innerText()).length > 20, `${what}: a white page`);
    await p.open(elsewhere.at);
    await p.page.getByRole("heading", { level: 1, name: elsewhere.title }).waitFor({ timeout: 8000 });
    await end(p);
    assert.deepEqual(p.errors, [], what);
    await p.page.unrouteAll({ behavior: "ignoreErrors" });
    await p.leave();
  };
  await Promise.all(Object.entries(patient).map(one));
});

const refuse = (r) => r.fulfill({ status: 401, contentType: "application/json", body: '{"status":401,"message":"The request requires valid record authorization token.","data":{}}' });

/** Signs in over the page, once nothing is refused any more. */
async function again(p) {
  const dialog = p.page.getByRole("dialog", { name: "Sign in again" });
  await dialog.waitFor();
  await p.page.unroute("**/api/collections/posts/**");
  await dialog.getByLabel("Password", { exact: true }).fill(password);
  await p.page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
}

test("ROB-1 a refused token asks for the password over the page, and what was typed stays", async () => {
  const p = await editing(2, "Typed before the session ended");
  await p.intercept("**/api/collections/posts/**", refuse);
  await p.open(`/c/posts?r=${id(2)}&s=views`);
  await again(p);
  assert.equal(await title(p).inputValue(), "Typed before the session ended");
  await p.leave();
});

test("ROB-1 a token refused while a record or a cell is saved: it is saved once somebody has signed in again", async () => {
  const p = await editing(11, "Typed before the session ended");
  await p.intercept("**/api/collections/posts/**", refuse);
  await p.page.keyboard.press("Control+s");
  await again(p);
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await server.pb.collection("posts").getOne(id(11))).title, "Typed before the session ended");
  await p.page.getByRole("button", { name: "Close the panel" }).click();
  await p.intercept("**/api/collections/posts/**", refuse);
  await p.cell(12, 2).dblclick();
  await p.type("A cell, too");
  await p.press("Enter");
  await again(p);
  await until("the cell is saved", async () => (await server.pb.collection("posts").getOne(id(12))).title === "A cell, too");
  await p.cell(12, 2).filter({ hasText: "A cell, too" }).waitFor();
  await p.leave();
});

test("a server that is away: a strip says so, data stays, and it goes when the server is back", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  await p.page.context().setOffline(true);
  await p.page.getByRole("columnheader", { name: /views/ }).getByRole("button").first().click();
  await p.page.getByRole("alert").filter({ hasText: "What you see is from before" }).waitFor();
  await p.page.context().setOffline(false);
  await p.page.getByRole("button", { name: "Try now" }).click();
  await p.page.getByRole("alert").filter({ hasText: "What you see is from before" }).waitFor({ state: "hidden" });
  await p.cell(0, 2).waitFor();
  await p.leave();
});

test("a server that hangs: the rows stay readable, and the answer still comes", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  server.stop();
  try {
    await p.cell(3, 2).dblclick();
    await p.type("While it hung");
    await p.press("Enter");
    await p.cell(3, 2).filter({ hasText: "While it hung" }).waitFor({ timeout: 2000 });
  } finally {
    server.go();
  }
  await p.page.waitForResponse((r) => r.request().method() === "PATCH");
  assert.equal((await server.pb.collection("posts").getOne(id(3))).title, "While it hung");
  await p.leave();
});

test("ROB-2 two tabs change the same field: a bar shows mine and theirs, nothing is overwritten silently", async () => {
  const [a, b] = [await editing(4, "Mine"), await editing(4, "Theirs")];
  await b.page.keyboard.press("Control+s");
  await b.page.getByText("Saved.").waitFor();
  await a.page.keyboard.press("Control+s");
  await a.page.getByText("This record was changed elsewhere").waitFor();
  await a.page.getByText("mine: Mine · theirs: Theirs").waitFor();
  assert.equal((await server.pb.collection("posts").getOne(id(4))).title, "Theirs");
  assert.deepEqual(await a.axe(), []);
  await a.page.getByRole("button", { name: "Save mine" }).click();
  await a.page.getByText("Saved.").waitFor();
  assert.equal((await server.pb.collection("posts").getOne(id(4))).title, "Mine");
  await a.leave();
  await b.leave();
});

test("ROB-2 two tabs change different fields: both stay", async () => {
  const p = await editing(5, "One field");
  await server.pb.collection("posts").update(id(5), { views: 4321 });
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  const now = await server.pb.collection("posts").getOne(id(5));
  assert.deepEqual([now.title, now.views], ["One field", 4321]);
  await p.leave();
});

test("a draft is offered again after a reload, and can be discarded (4.3)", async () => {
  const p = await editing(6, "Not saved yet");
  await p.page.getByText("1 field changed").waitFor();
  await p.page.reload();
  await p.page.getByText("What you had not saved is back.").waitFor();
  assert.equal(await title(p).inputValue(), "Not saved yet");
  await p.page.getByRole("button", { name: "Discard" }).click();
  assert.equal(await title(p).inputValue(), "Post 6");
  await p.leave();
});
