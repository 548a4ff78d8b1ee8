// The palette (§4.1): its prefixes, records by id and e-mail and those opened before, new tabs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed } from "./server.mjs";

let account;
fixture(async () => {
  await seed(server.pb, 40);
  account = await server.pb.collection("users").create({ name: "Zoe", email: "zoe@example.org", password: "12345678", passwordConfirm: "12345678" });
});

const option = (p, name) => p.page.getByRole("option", { name });
const input = (p) => p.page.getByPlaceholder(/Collection, record id/);
const heads = (p) => p.page.locator("[cmdk-group-heading]");

async function arrive(at = "/c/authors") {
  const p = await Person.arrive(browser, server, { at });
  await p.page.locator("[data-cell]").first().waitFor();
  return p;
}

async function ask(p, text) {
  await p.press("Control+k");
  await input(p).waitFor();
  await input(p).fill(text);
}

async function done(p) {
  assert.deepEqual(p.errors, []);
  await p.leave();
}

test("an id is looked for in all collections, an e-mail in those with accounts, with # and without", async () => {
  const p = await arrive();
  for (const sign of ["", "#"]) {
    await ask(p, sign + id(7));
    await option(p, `Record ${id(7)} posts`).waitFor();
    await p.press("Enter");
    await p.page.getByRole("form", { name: new RegExp(id(7)) }).waitFor();
    await ask(p, sign + "zoe@example.org");
    await option(p, `Record ${account.id} users`).waitFor();
    await p.press("Enter");
    await p.page.getByRole("form", { name: new RegExp(account.id) }).waitFor();
  }
  await ask(p, "#nobody@example.org");
  await p.page.getByText("No record has this id or this e-mail.").waitFor();
  await done(p);
});

test("records that were opened are offered by name, the latest first; those that are gone are not, and nothing of them is kept", async () => {
  const p = await arrive(`/c/posts?r=${id(3)}`);
  const form = (i) => p.page.getByRole("form", { name: new RegExp(id(i)) });
  await form(3).waitFor();
  for (const i of [4, 5]) {
    await p.open(`/c/posts?r=${id(i)}`);
    await form(i).waitFor();
  }
  await server.pb.collection("posts").delete(id(4));
  await server.pb.collection("posts").update(id(3), { title: "Called anew" });
  await ask(p, "#");
  await option(p, "Called anew posts").waitFor();
  assert.deepEqual(await p.page.getByRole("option").allTextContents(), ["Post 5posts", "Called anewposts"]);
  await input(p).fill("#anew");
  await option(p, "Post 5 posts").waitFor({ state: "hidden" });
  await p.press("Enter");
  await form(3).waitFor();
  assert.doesNotMatch(await p.page.evaluate(() => localStorage.getItem("holdall_recent")), /Post|Called/);
  await done(p);
});

test("PAL-3 each prefix lists one kind alone; a field leads to its line, help to the screen that answers", async () => {
  const p = await arrive();
  await ask(p, ">");
  await heads(p).getByText("Actions").waitFor();
  assert.equal(await heads(p).count(), 1);
  await input(p).fill(":titl");
  await option(p, "title text in posts").waitFor();
  assert.deepEqual(await heads(p).allTextContents(), ["Fields"]);
  await p.press("Enter");
  await p.page.waitForURL(/posts\/schema\?field=title/);
  await p.page.waitForFunction(() => document.activeElement.value === "title");
  await ask(p, ":views");
  await option(p, "views number in posts").waitFor();
  await p.press("Enter");
  await p.page.waitForFunction(() => document.activeElement.value === "views");
  await ask(p, ":nosuch");
  await p.page.getByText("No field is called that.").waitFor();
  await p.press("Escape");
  await ask(p, "?");
  await option(p, /Which keys/).waitFor();
  const names = await p.page.getByRole("option").allTextContents();
  assert.ok(names.length >= 8);
  assert.deepEqual(await p.axe(), []);
  for (const name of names) {
    if (!(await input(p).isVisible())) await ask(p, "?");
    await input(p).fill("?" + name);
    await option(p, name).waitFor();
    const before = p.page.url();
    await p.press("Enter");
    await input(p).waitFor({ state: "hidden" });
    if (/Which keys/.test(name)) {
      await p.page.getByRole("dialog", { name: "Shortcuts" }).waitFor();
      await p.press("Escape");
      await p.page.getByRole("dialog").waitFor({ state: "hidden" });
      continue;
    }
    await p.page.waitForURL((url) => url.href !== before);
    await p.page.locator("h1").first().waitFor();
    assert.doesNotMatch(await p.page.locator("h1").first().textContent(), /Not found/, name);
  }
  await done(p);
});

test("Ctrl+Enter opens in a new tab and leaves this one as it is, Enter opens here", async () => {
  const p = await arrive();
  const here = p.page.url();
  for (const [text, name, there] of [["posts", "posts", /#\/c\/posts$/], [id(7), /^Record/, /#\/c\/posts\?r=0/], [":views", /^views/, /schema\?field=views/], [">go to access", /^Go to access/, /#\/access/]]) {
    await ask(p, text);
    await option(p, name).first().waitFor();
    const [tab] = await Promise.all([p.page.context().waitForEvent("page"), p.press("Control+Enter")]);
    await tab.waitForURL(there);
    await input(p).waitFor({ state: "hidden" });
    assert.equal(p.page.url(), here);
    await tab.close();
  }
  await ask(p, "posts");
  await p.press("Enter");
  await p.page.waitForURL(/#\/c\/posts/);
  await done(p);
});
