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
const input = (p) => p.page.getByPlaceholder(/^Collection, record id/);
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

test("PAL-3 views of all collections are found by their names, and by those of their collections; each is shown whole, also in the collection that is open", async () => {
  const view = (of, name, options) => server.pb.send(`/api/dashboard/views/${of}`, { method: "POST", body: { name, options } });
  await view("posts", "Most read", { q: "views > 100", s: "-views", hidden: ["published"] });
  await view("authors", "By name", { s: "-name" });
  const p = await arrive();
  const header = (name) => p.page.getByRole("columnheader", { name }).first();
  await ask(p, "read most");
  await option(p, "Most read view of posts").waitFor();
  await p.press("Enter");
  await p.page.waitForURL(/\/c\/posts\?.*q=views/);
  await p.page.locator("main").getByRole("button", { name: "Most read", exact: true }).waitFor();
  await header(/views/).waitFor();
  await header(/published/).waitFor({ state: "detached" });
  // One that was made meanwhile, in the collection that is open.
  await view("posts", "All of it", {});
  await ask(p, "posts all");
  await option(p, "All of it view of posts").waitFor();
  await p.press("Enter");
  await p.page.locator("main").getByRole("button", { name: "All of it", exact: true }).waitFor();
  await header(/published/).waitFor();
  await p.page.waitForURL((url) => !url.hash.includes("q="));
  await p.page.goBack();
  await header(/views/).waitFor();
  await p.page.waitForURL(/q=views/);
  await ask(p, "authors name");
  await option(p, "By name view of authors").waitFor();
  const [tab] = await Promise.all([p.page.context().waitForEvent("page"), p.press("Control+Enter")]);
  await tab.waitForURL(/authors\?.*s=-name/);
  await tab.close();
  // A view that is gone leaves the records without it.
  await p.open("/c/authors?v=nosuchview");
  await p.page.waitForURL(/\/c\/authors$/);
  await p.page.locator("[data-cell]").first().waitFor();
  await done(p);
});

test("PAL-3 each setting is found by its words, and has the focus where it leads; while its group is off, the switch does", async () => {
  const p = await arrive();
  const lead = async (text, name, there) => {
    await ask(p, text);
    await option(p, name).waitFor();
    await p.press("Enter");
    await p.page.waitForURL(there);
  };
  await lead("sender address", /^Address Mail, Sender/, /settings\/mail\?setting=meta.senderAddress/);
  await p.focusOn("textbox", "Address");
  await lead("smtp host", /^Host Mail, SMTP/, /setting=smtp.host/);
  await p.focusOn("switch", "off");
  await lead("hide what changes", /^Hide what changes collections/, /settings\/application/);
  await p.focusOn("checkbox", /^Hide what changes/);
  await lead("kept for logs", /^Kept for Logs/, /settings\/logs/);
  await p.focusOn("textbox", "Kept for");
  await p.press("Tab");
  await p.focusOn("combobox", "From level");
  await lead("kept for logs", /^Kept for Logs/, /settings\/logs/);
  await p.focusOn("textbox", "Kept for");
  await ask(p, "bucket");
  await heads(p).getByText("Settings").waitFor();
  assert.deepEqual(await p.axe(), []);
  await done(p);
});
