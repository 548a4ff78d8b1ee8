// The playground: a rule is tried as somebody before it is saved (specification §5.7, §9).
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

let zoe;
fixture(async () => {
  await seed(server.pb, 90);
  const users = server.pb.collection("users");
  for (const name of ["Yann", "Zoe"]) zoe = await users.create({ name, email: `${name.toLowerCase()}@example.org`, password: "12345678", passwordConfirm: "12345678" });
});

const pane = (p) => p.page.getByRole("region", { name: "Playground", exact: true });
const verdict = (p, text) => pane(p).getByRole("status").filter({ hasText: text });

test("task: test a rule as a user, in 2 clicks and 1 key", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  await p.intercept(`**/records/${zoe.id}*`, () => {}); // what was picked has its name, however long the record takes
  p.begin();
  await p.click(p.page.getByRole("link", { name: "Rules" }));
  await p.click(pane(p).getByLabel("As", { exact: true }));
  await p.type("Zoe");
  await pane(p).getByRole("option", { name: "Zoe" }).waitFor();
  await pane(p).getByRole("option", { name: "Yann" }).waitFor({ state: "hidden" });
  await p.press("Enter");
  await verdict(p, "50 records").waitFor();
  assert.equal(await pane(p).getByLabel("As", { exact: true }).inputValue(), "Zoe");
  assert.ok(p.clicks <= 2 && p.keys <= 1, `${p.clicks} clicks, ${p.keys} keys`);
  await p.leave();
});

test("RULE-1: the verdict of an unsaved rule is what the API answers once it is saved", async () => {
  const seen = {};
  for (const rule of ["views > 300 && status = 'done'", "title ~ 'Post 8' || author.name = 'Radia'", "published = true"]) {
    await server.pb.collections.update("posts", { listRule: rule });
    seen[rule] = (await fetch(`${server.url}/api/collections/posts/records`).then((r) => r.json())).totalItems;
  }
  const p = await Person.arrive(browser, server, { at: "/c/posts/rules/list" });
  const box = p.page.getByRole("region", { name: "List and search" }).getByRole("textbox");
  const total = pane(p).getByLabel("Records that pass");
  await total.filter({ hasText: "60 of 90 records pass, as with the stored rule" }).waitFor();
  for (const [rule, n] of Object.entries(seen).slice(0, 2)) {
    await box.fill(rule);
    await total.filter({ hasText: `60 → ${n} of 90` }).waitFor();
  }
  await box.fill("gone = 1");
  await verdict(p, "Refused 400 The rule cannot be read: unknown name \"gone\", at character 1").waitFor();
  await p.leave();
});

test("RULE-2: 50 records are tried at once, with a matrix that is sorted by what fails", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts/rules/list" });
  await p.page.getByRole("region", { name: "List and search" }).getByRole("textbox").fill("views > 100 && published = true");
  const matrix = pane(p).getByRole("region", { name: "Records and parts of the rule" });
  await matrix.getByRole("button", { name: /^Part 2, published = true/ }).click();
  assert.equal(await matrix.getByRole("row").count(), 51);
  assert.match(await matrix.getByRole("row").nth(1).innerText(), /fails/);
  await matrix.getByRole("row").nth(1).getByRole("button").click();
  await verdict(p, /The record is left out of the list: “.*” does not hold/).waitFor();
  const tree = pane(p).getByRole("list", { name: "Parts of the rule" });
  await tree.getByText("decides").waitFor();
  await p.leave();
});

test("RULE-3: passwords and the keys of tokens are shown to nobody", async () => {
  const p = await Person.arrive(browser, server, { at: `/playground?c=users&a=view&r=${zoe.id}` });
  await p.page.getByLabel("Rule", { exact: true }).fill("tokenKey != 'x' && email = 'zoe@example.org'");
  const tree = pane(p).getByRole("list", { name: "Parts of the rule" });
  await tree.getByText("•••").waitFor();
  await tree.getByText('"zoe@example.org"').waitFor();
  await p.leave();
});

test("RULE-4: by keyboard alone; marks are words too, and axe finds nothing, light and dark, open and closed", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts/rules/list" });
  await verdict(p, "50 records").waitFor();
  await p.page.getByRole("region", { name: "List and search" }).getByRole("textbox").fill("views > 100 || author.name = @request.auth.name");
  await p.page.getByRole("link", { name: "posts" }).first().focus();
  await p.page.keyboard.press("a");
  await pane(p).getByRole("option", { name: "Yann" }).waitFor();
  for (const theme of ["light", "dark"]) {
    await p.page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await p.axe(), [], "A11Y-1, layer open");
  }
  await p.page.keyboard.press("ArrowDown");
  await p.page.keyboard.press("Enter");
  await p.page.keyboard.press("Tab");
  await p.page.keyboard.press("ArrowDown");
  await p.page.keyboard.press("Enter");
  await verdict(p, "The record").waitFor();
  const tree = pane(p).getByRole("list", { name: "Parts of the rule" });
  await tree.getByText(/holds|does not hold/).first().waitFor({ state: "attached" });
  await p.page.keyboard.press("Control+Enter");
  for (const theme of ["light", "dark"]) {
    await p.page.emulateMedia({ colorScheme: theme });
    assert.deepEqual(await p.axe(), [], "A11Y-1");
  }
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("RULE-5: what took too long says so", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts/rules/list" });
  await p.intercept("**/rules/explain", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), before: null, after: null, timedOut: true } });
  });
  await p.page.getByRole("region", { name: "List and search" }).getByRole("textbox").fill("views > 7");
  await pane(p).getByText("Counting was stopped after 2 seconds").waitFor();
  await p.page.unrouteAll({ behavior: "ignoreErrors" }); // one may still be on its way when the page is left
  await p.leave();
});

test("URL-1: the playground opens in a fresh tab to the same state; creating tries a body", async () => {
  const p = await Person.arrive(browser, server, { at: "/playground" });
  await p.page.getByLabel("Collection", { exact: true }).selectOption("posts");
  await p.page.getByLabel("Action", { exact: true }).selectOption("Create");
  await verdict(p, "Refused 403 The rule is for superusers only").waitFor();
  await p.page.getByLabel("Rule", { exact: true }).fill("@request.auth.id != '' && title != ''");
  await verdict(p, "does not hold").waitFor();
  await pane(p).getByLabel("As", { exact: true }).fill("Zoe");
  await pane(p).getByRole("option", { name: "Zoe" }).click();
  await pane(p).getByLabel("Body").fill('{"title":"New"}');
  await verdict(p, "Allowed 200 The record is made").waitFor();
  await pane(p).getByLabel("Body").fill('{"title":"New","status":"wrong"}');
  await verdict(p, "The rule lets it pass, but the values do not: status").waitFor();
  const url = p.page.url();
  assert.match(url, new RegExp(`as=users(/|%2F)${zoe.id}`));
  const q = await Person.arrive(browser, server, { at: url.split("#")[1] });
  await pane(q).getByRole("heading", { name: "Try it: create" }).waitFor();
  assert.equal(await q.page.getByLabel("Collection", { exact: true }).inputValue(), "posts");
  await q.page.waitForFunction(() => [...document.querySelectorAll("[role=combobox]")].some((x) => x.value === "Zoe"));
  await q.leave();
  await p.leave();
});
