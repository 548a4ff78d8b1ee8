// What goes wrong: the server is away, slow, refuses, sends half; somebody else writes; data is hostile. The
// dashboard's specification §3, §4.3, §4.5, §8.3 and §13.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, Person } from "./browser.mjs";
import { password, seed, startServer } from "./server.mjs";
import { screens } from "./shots.mjs";

let server, browser;
before(async () => {
  server = await startServer();
  await seed(server.pb, 60);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const id = (i) => String(i).padStart(15, "0");
const title = (p) => p.page.getByRole("form").getByLabel("title");

/** Opens a record, and types what must not be lost. */
async function editing(i, text) {
  const p = await Person.arrive(browser, server, { at: `/c/posts?r=${id(i)}` });
  await title(p).fill(text);
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
    await p.page.route("**/api/**", answer);
    for (const [name, at] of Object.entries(screens)) {
      await p.open(at);
      await p.page.waitForURL((u) => u.hash.startsWith(`#${at.split("?")[0]}`));
      const text = (await p.page.locator("#main").innerText()) + (await p.page.getByRole("navigation", { name: "Main" }).innerText());
      assert.ok(text.trim(), `${name} is white`);
    }
    assert.deepEqual(p.errors.filter((e) => e.startsWith("pageerror")), []);
    await p.leave();
  });

test("ROB-1 a save that fails in each way loses no input", async () => {
  const p = await editing(1, "Typed with care");
  for (const [trouble, answer] of Object.entries({ ...troubles, truncated: (r) => r.fulfill({ status: 502, body: "<html>" }) })) {
    await p.page.route("**/api/collections/posts/records/*", answer);
    await p.page.keyboard.press("Control+s");
    await p.page.getByRole("form").getByRole("alert").first().waitFor();
    assert.equal(await title(p).inputValue(), "Typed with care", trouble);
    await p.page.unroute("**/api/collections/posts/records/*");
  }
  await p.page.route("**/api/collections/posts/records/*", (r) => (r.request().method() === "PATCH" ? r.abort() : r.continue()));
  await p.page.keyboard.press("Control+s");
  await p.page.getByRole("form").getByRole("alert").first().waitFor();
  assert.equal(await title(p).inputValue(), "Typed with care", "the write alone fails");
  await p.page.unroute("**/api/collections/posts/records/*");
  await p.page.keyboard.press("Control+s");
  await p.page.getByText("Saved.").waitFor();
  assert.equal((await server.pb.collection("posts").getOne(id(1))).title, "Typed with care");
  await p.leave();
});

test("ROB-1 a refused token asks for the password over the page, and what was typed stays", async () => {
  const p = await editing(2, "Typed before the session ended");
  const refuse = (r) => r.fulfill({ status: 401, contentType: "application/json", body: '{"status":401,"message":"The request requires valid record authorization token.","data":{}}' });
  await p.page.route("**/api/collections/posts/**", refuse);
  await p.open(`/c/posts?r=${id(2)}&s=views`);
  await p.page.getByRole("dialog", { name: "Sign in again" }).waitFor();
  await p.page.unroute("**/api/collections/posts/**");
  await p.page.getByRole("dialog").getByLabel("Password", { exact: true }).fill(password);
  await p.page.keyboard.press("Enter");
  await p.page.getByRole("dialog", { name: "Sign in again" }).waitFor({ state: "hidden" });
  assert.equal(await title(p).inputValue(), "Typed before the session ended");
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

test("SEC-2 stored HTML, SVG, scripts, formulas and file names do nothing", async () => {
  const evil = '<img src=x onerror="window.hit=1"><svg onload="window.hit=1"></svg><script>window.hit=1</script>';
  await server.pb.collection("posts").create({
    id: id(900),
    title: evil.slice(0, 200),
    body: evil,
    site: "https://example.com/",
    meta: { "<script>window.hit=1</script>": evil },
    pictures: [
      new File([`<svg xmlns="http://www.w3.org/2000/svg" onload="window.hit=1"><script>window.hit=1</script></svg>`], "<img src=x onerror=alert(1)>.svg", { type: "image/svg+xml" }),
      new File(["<script>window.hit=1</script>"], "javascript:alert(1).html", { type: "text/html" }),
    ],
  });
  await server.pb.collection("posts").create({ id: id(901), title: '=HYPERLINK("https://example.com")', views: -5 });
  const p = await Person.arrive(browser, server, { at: `/c/posts?q=id >= "${id(900)}"&r=${id(900)}` });
  await p.page.on("dialog", (d) => (p.errors.push(`dialog: ${d.message()}`), d.dismiss()));
  await p.cell(1, 2).waitFor();
  await title(p).waitFor();
  await p.page.getByRole("tab", { name: "JSON" }).click();
  await p.page.getByRole("tab", { name: "Fields" }).click();
  await p.page.getByRole("form").getByLabel("pictures").waitFor();
  await p.page.getByRole("button", { name: "More" }).first().click();
  const [file] = await Promise.all([p.page.waitForEvent("download"), p.page.getByRole("menuitem", { name: "Export as CSV" }).click()]);
  const csv = await (await file.createReadStream()).toArray();
  assert.match(Buffer.concat(csv).toString(), /'=HYPERLINK/);
  assert.equal(await p.page.evaluate(() => window.hit), undefined);
  assert.equal(await p.page.locator("[onerror], [onload], script:not([src])").count(), 0);
  // A browser reports handlers that it has refused even where HTML is read into a document that is never shown.
  assert.deepEqual(p.errors.filter((e) => !/^console: Executing inline event handler violates .* The action has been blocked\.$/s.test(e)), []);
  assert.deepEqual([...p.hosts].filter(Boolean), [new URL(server.url).host]);
  await p.leave();
});
