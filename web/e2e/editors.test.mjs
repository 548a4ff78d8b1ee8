// Editors of code and of rich text: the criteria of the dashboard's specification §5.4, §5.9, §5.12 and §13 that are theirs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, seed, startServer } from "./server.mjs";
import { until } from "./until.mjs";

fixture(() => seed(server.pb, 12), () => startServer("--enable-sql"));

const panel = (i) => `/c/posts?r=${id(i)}`;

/** Somebody whose browser tells when the content policy was broken, and which files it was sent. */
async function arrive(options) {
  const p = await Person.arrive(browser, server, { ...options, at: "/login" });
  p.files = [];
  p.page.on("request", (r) => p.files.push(new URL(r.url()).pathname));
  await p.page.addInitScript(() => {
    window.broken = [];
    document.addEventListener("securitypolicyviolation", (e) => window.broken.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
  });
  await p.page.reload();
  await p.open(options.at);
  return p;
}

/** What a frame without scripts says of a script in it, and of the one that signs this browser in. */
const sandboxed = /Blocked script execution in 'about:srcdoc'|The document is sandboxed and lacks/;

/** Nothing went wrong, and the content policy was kept. */
async function leave(p) {
  p.errors = p.errors.filter((e) => !sandboxed.test(e));
  assert.deepEqual(await p.page.evaluate(() => window.broken), [], "the content policy was broken");
  assert.deepEqual(p.errors, []);
  await p.leave();
}

/** The box of a field once its editor is there. */
const code = (p, name) => p.page.getByRole("textbox", { name }).and(p.page.locator(".cm-content"));
const focused = (p) => p.page.evaluate(() => document.activeElement?.className ?? "");

/** Puts a text in the place of what a box holds, as somebody does who types it. */
async function retype(p, box, text) {
  await box.click();
  await p.press("Control+a");
  await p.page.keyboard.insertText(text);
}

/** Takes an offer by Enter. In its first 75 ms the list takes no key, lest it takes one that was meant for the text. */
async function take(p, name) {
  await p.page.getByRole("option", { name }).waitFor();
  await p.page.evaluate(() => (window.offered = performance.now()));
  await p.page.waitForFunction(() => performance.now() > window.offered + 80);
  await p.press("Enter");
}

async function saved(p) {
  const answer = p.page.waitForResponse((r) => r.request().method() === "PATCH");
  await p.press("Control+s");
  assert.equal((await answer).status(), 200);
}

test("JSON is checked, put in form and saved; the grid alone loads no editor", async () => {
  const p = await arrive({ at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  await p.page.waitForLoadState("networkidle");
  assert.deepEqual(p.files.filter((f) => /\/(code|rich|json|html|sql|dist)-/.test(f)), [], "of editors, loaded by the grid");
  await p.open(panel(1));
  const box = code(p, "meta");
  await retype(p, box, '{"n": 2, }');
  await p.page.getByText("This is not JSON yet.").waitFor();
  assert.equal(await box.getAttribute("aria-invalid"), "true");
  await p.page.locator(".cm-lintRange-error, .cm-lint-marker-error").first().waitFor();
  await retype(p, box, '{"n":2,"tags":["a","b"]}');
  await p.page.getByText("This is not JSON yet.").waitFor({ state: "hidden" });
  await p.page.getByRole("button", { name: "Format" }).click();
  await box.getByText('"tags": [').waitFor();
  await saved(p);
  assert.deepEqual((await server.pb.collection("posts").getOne(id(1))).meta, { n: 2, tags: ["a", "b"] });
  await p.page.reload();
  await code(p, "meta").getByText('"tags": [').waitFor();
  await leave(p);
});

test("A11Y-2 the keyboard enters and leaves an editor of code; its label names and focuses it; axe, both themes", async () => {
  for (const theme of ["light", "dark"]) {
    const p = await arrive({ at: panel(2), theme });
    const box = code(p, "meta");
    await box.waitFor();
    assert.deepEqual(await p.axe(), []);
    await p.page.locator("label").filter({ hasText: "meta" }).click();
    assert.match(await focused(p), /cm-content/);
    await p.press("Control+End");
    await p.press("Tab");
    assert.doesNotMatch(await focused(p), /cm-content/, "Tab leaves");
    await p.press("Shift+Tab");
    assert.match(await focused(p), /cm-content/, "Shift+Tab comes back");
    await p.press("Shift+Tab");
    assert.doesNotMatch(await focused(p), /cm-content/, "Shift+Tab leaves");
    await leave(p);
  }
});

test("SQL has the names of tables and columns on offer", async () => {
  const p = await arrive({ at: "/sql" });
  const box = code(p, "Statement");
  await box.click();
  await p.type("SELECT title FROM pos");
  await p.page.getByRole("option", { name: "posts" }).waitFor();
  assert.deepEqual(await p.axe(), []);
  await take(p, "posts");
  await box.getByText("SELECT title FROM posts").waitFor();
  await p.type(" WHERE posts.vie");
  await take(p, "views");
  await p.type(" = 7");
  await p.press("Control+Enter");
  await p.page.getByRole("region", { name: "Rows" }).getByRole("cell", { name: "Post 1", exact: true }).waitFor();
  await leave(p);
});

test("a mail's body has its placeholders on offer, and is looked at where no script runs", async () => {
  const p = await arrive({ at: "/c/users/auth/mails" });
  const box = code(p, /Body/);
  await retype(p, box, "<p style='padding-left: 7px'>Dear </p><style>b { color: red }</style><script>parent.document.title = 'taken'</script>");
  await box.getByText("Dear").click();
  await p.press("Home");
  for (let i = 0; i < "<p style='padding-left: 7px'>Dear ".length; i++) await p.press("ArrowRight");
  await p.type("{RECORD:na");
  await take(p, "{RECORD:name}");
  await box.getByText("Dear {RECORD:name}").waitFor();
  assert.match(await box.textContent(), /^<p style='padding-left: 7px'>Dear \{RECORD:name\}<\/p>/);
  const frame = p.page.locator('iframe[title="Preview of the mail"]');
  assert.equal(await frame.getAttribute("sandbox"), "");
  await p.page.frameLocator('iframe[title="Preview of the mail"]').getByText("Dear name").waitFor();
  const shown = p.page.frameLocator('iframe[title="Preview of the mail"]').locator("p");
  const looks = () => shown.evaluate((el) => `${getComputedStyle(el).paddingLeft} on ${getComputedStyle(document.body).backgroundColor}`);
  await until("styles within a mail are shown", async () => (await looks()) === "7px on rgb(255, 255, 255)");
  await p.page.getByRole("radio", { name: "Dark" }).check({ force: true });
  await p.page.waitForFunction(() => /121516/.test(document.querySelector("iframe").srcdoc));

  assert.notEqual(await p.page.title(), "taken");
  await leave(p);
});

const rich = (p) => p.page.locator(".rich");
const body = async (i) => (await server.pb.collection("posts").getOne(id(i))).body;
const set = (i, html) => server.pb.collection("posts").update(id(i), { body: html });
/** Moves the caret by a key. The page hears of it a moment later; a machine may type sooner than that, nobody else does. */
async function move(p, key) {
  await p.page.evaluate(() => void (window.moved = new Promise((go) => document.addEventListener("selectionchange", () => go(true), { once: true }))));
  await p.press(key);
  assert.ok(await p.page.evaluate(() => window.moved));
}

const view = (p, name) => p.page.getByRole("radiogroup", { name: "View of body" }).getByText(name, { exact: true });
const changes = (p) => p.page.getByRole("status").filter({ hasText: /fields? changed/ });

test("rich text is written, saved and read again; undone it is what was stored", async () => {
  const p = await arrive({ at: panel(3) });
  await rich(p).getByText("Post").click();
  assert.equal(await changes(p).count(), 0, "opening changes nothing");
  await move(p, "Control+Home");
  await p.type("My ");
  await changes(p).waitFor();
  await p.press("Control+z");
  await changes(p).waitFor({ state: "hidden" });
  await p.type("My ");
  await move(p, "End");
  await p.press("Enter");
  await p.page.getByRole("button", { name: "Numbered list" }).click();
  await p.type("one");
  await p.press("Enter");
  await p.type("two");
  await p.press("Enter", "Enter");
  await p.page.getByRole("button", { name: "Heading 2" }).click();
  await p.type("There");
  await move(p, "Shift+Home");
  await p.page.getByRole("button", { name: "Link", exact: true }).click();
  await p.type("javascript:alert(1)");
  await p.press("Enter");
  await p.page.getByText("A link cannot lead to such an address.").waitFor();
  await p.page.getByRole("textbox", { name: "Address of the link" }).fill("https://example.org/a");
  await p.press("Enter");
  await rich(p).getByRole("link", { name: "There" }).waitFor();
  await saved(p);
  const want = '<p>My Post <strong>3</strong></p><ol><li>one</li><li>two</li></ol><h2><a href="https://example.org/a">There</a></h2>';
  assert.equal((await body(3)).replaceAll(/<(\/?)b>/g, "<$1strong>"), want);
  await p.page.reload();
  await rich(p).getByRole("link", { name: "There" }).waitFor();
  assert.equal(await changes(p).count(), 0);
  await view(p, "Source").click();
  await code(p, "body").getByText("<h2>").waitFor();
  assert.equal(await code(p, "body").textContent(), want);
  await leave(p);
});

test("HTML that the text view cannot hold is shown as its source, with why, and stays what it is", async () => {
  const odd = '<table class="a"><tbody><tr><td>1</td></tr></tbody></table><p style="color:red">x</p><!-- note -->';
  await set(4, odd);
  const p = await arrive({ at: panel(4) });
  await p.page.getByText("Shown as its source: it has a comment, which the text view would lose.").waitFor();
  assert.equal(await code(p, "body").textContent(), odd);
  assert.equal(await changes(p).count(), 0);
  await p.page.getByRole("form").getByLabel("views").fill("77");
  await saved(p);
  assert.equal(await body(4), odd, "untouched by the saving of another field");
  await code(p, "body").click();
  await p.press("Control+End");
  // The tag that it opens is closed for whoever types it.
  await p.type("<p>end");
  await saved(p);
  assert.equal(await body(4), odd + "<p>end</p>");
  await p.page.getByRole("button", { name: "Edit as text without it" }).click();
  await rich(p).waitFor();
  assert.equal(await changes(p).count(), 0, "nothing is lost before something is written");
  await rich(p).getByText("end").click();
  await move(p, "Control+Home");
  await move(p, "Control+End");
  await p.type("!");
  await saved(p);
  assert.equal(await body(4), "<p>1</p><p>x</p><p>end!</p>");
  await leave(p);
});

test("SEC-2 stored scripts, event handlers, javascript: links and pictures of other servers do nothing", async () => {
  const evil = [
    '<p>evil <img src="x" onerror="window.taken=1;parent.taken=1"></p><script>window.taken=1;parent.taken=1</script>',
    '<p>evil <a href="javascript:window.taken=1">link</a> <svg onload="window.taken=1"></svg></p><iframe srcdoc="<script>parent.taken=1</script>"></iframe>',
    '<p>evil <img src="https://elsewhere.example/pixel.png" alt="far"> <a href="https://elsewhere.example/">away</a></p>',
  ];
  for (const html of evil) {
    await set(5, html);
    const p = await arrive({ at: panel(5) });
    // What the content policy keeps back is announced by the browser, but does not come this far.
    const asked = [];
    await p.page.context().route("https://elsewhere.example/**", (r) => (asked.push(r.request().url()), r.abort()));
    await view(p, "Preview").click();
    const frame = p.page.locator('iframe[title="Preview of body"]');
    assert.equal(await frame.getAttribute("sandbox"), "");
    const inner = p.page.frameLocator('iframe[title="Preview of body"]');
    await inner.getByText("evil").waitFor();
    const link = inner.getByRole("link", { name: "link" });
    if (await link.count()) await link.click();
    const anyway = p.page.getByRole("button", { name: "Edit as text without it" });
    await (await anyway.count() ? anyway : view(p, "Text")).click();
    await rich(p).getByText("evil").waitFor();
    if (await rich(p).getByRole("link").count()) await rich(p).getByRole("link").click();
    assert.equal(await p.page.evaluate(() => window.taken), undefined);
    assert.equal(p.page.context().pages().length, 1);
    assert.deepEqual(asked, [], "other servers were asked");
    assert.match(p.page.url(), /#\/c\/posts/);
    await p.leave();
  }
});

test("no key is lost when the editor takes the place of the plain text box in the midst of typing", async () => {
  const p = await arrive({ at: "/" });
  let load;
  await p.intercept("**/code-*.js", async (r) => (await new Promise((go) => (load = go)), r.continue()));
  await p.open("/sql");
  const text = `SELECT '${"the quick brown fox jumps over the lazy dog ".repeat(6)}'`;
  await p.page.locator("textarea").waitFor();
  await p.type(text.slice(0, 20));
  load();
  await p.type(text.slice(20));
  await code(p, "Statement").waitFor();
  await until("the editor holds all of it", async () => (await code(p, "Statement").textContent()) === text);
  await leave(p);
});

test("what was typed in the moment before Ctrl+S is saved, as text or as its source", async () => {
  const p = await arrive({ at: panel(7) });
  const kept = (text) => until(`the text begins with ${text}`, async () => (await body(7)).startsWith(`<p>${text}`));
  await rich(p).getByText("Post").click();
  await move(p, "Control+Home");
  await p.atOnce("Quick ", "s");
  await kept("Quick Post");
  await view(p, "Source").click();
  await code(p, "body").click();
  await move(p, "Control+Home");
  await p.press("ArrowRight", "ArrowRight", "ArrowRight");
  await p.atOnce("Very ", "s");
  await kept("Very Quick Post");
  await leave(p);
});

test("A11Y-2 rich text by the keyboard alone: toolbar, link, list, out again; axe, both themes", async () => {
  for (const theme of ["light", "dark"]) {
    await set(6, "<p>Start</p>");
    const p = await arrive({ at: panel(6), theme });
    await rich(p).waitFor();
    assert.deepEqual(await p.axe(), []);
    await p.page.locator("label").filter({ hasText: "body" }).click();
    assert.match(await focused(p), /rich/, "the label focuses the text");
    await move(p, "Control+End");
    await p.press("Enter");
    await p.press("Shift+Tab");
    assert.equal(await p.page.evaluate(() => !!document.activeElement.closest("[role=toolbar]")), true, "one step back is the toolbar");
    const tool = () => p.page.evaluate(() => (window.tool = document.activeElement.getAttribute("aria-label")));
    for (let i = 0; i < 20 && (await tool()) !== "List"; i++) {
      await p.press("ArrowRight");
      await p.page.waitForFunction(() => document.activeElement.getAttribute("aria-label") !== window.tool);
    }
    await p.press("Enter");
    await rich(p).getByRole("listitem").waitFor();
    await p.type("one");
    await p.press("Enter");
    await p.type("two");
    await p.press("Tab");
    assert.doesNotMatch(await focused(p), /rich/, "Tab leaves, also a list");
    await p.press("Shift+Tab", "Control+b");
    await p.type("!");
    assert.deepEqual(await p.axe(), []);
    await saved(p);
    assert.equal(await p.page.evaluate(() => [...document.querySelectorAll("main, #app, #app > *")].every((el) => el.scrollTop === 0)), true, "the page stays where it is");
    assert.equal(await body(6), "<p>Start</p><ul><li>one</li><li>two<strong>!</strong></li></ul>");
    await leave(p);
  }
});
