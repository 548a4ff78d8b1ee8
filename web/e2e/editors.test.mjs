// Editors of code and of rich text: the criteria of the dashboard's specification §5.4, §5.9, §5.12 and §13 that are theirs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, Person } from "./browser.mjs";
import { seed, startServer } from "./server.mjs";

let server, browser;
before(async () => {
  server = await startServer("--enable-sql");
  await seed(server.pb, 12);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const at = (i) => String(i).padStart(15, "0");
const panel = (i) => `/c/posts?r=${at(i)}`;

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
  assert.deepEqual(p.files.filter((f) => /\/(code|rich|json|html|sql)-/.test(f)), [], "of editors, loaded by the grid");
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
  assert.deepEqual((await server.pb.collection("posts").getOne(at(1))).meta, { n: 2, tags: ["a", "b"] });
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
  const looks = () => p.page.frames().at(-1).evaluate(() => [getComputedStyle(document.querySelector("p")).paddingLeft, getComputedStyle(document.body).backgroundColor]);
  assert.deepEqual(await looks(), ["7px", "rgb(255, 255, 255)"], "styles within a mail are shown");
  await p.page.getByRole("radio", { name: "Dark" }).check({ force: true });
  await p.page.waitForFunction(() => /121516/.test(document.querySelector("iframe").srcdoc));

  assert.notEqual(await p.page.title(), "taken");
  await leave(p);
});
