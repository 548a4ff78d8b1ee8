// Data that means harm, wherever the API takes it, on every screen that shows it: nothing of it runs, leads away or breaks
// anything. The dashboard's specification §13, SEC-2.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { id, startServer } from "./server.mjs";

const run = "window.hacked=1";
const tags = `<img src=x onerror="${run}"><svg onload="${run}"></svg><script>${run}</script>`;
const evil = [
  tags,
  `"><script>${run}</script>`,
  `javascript:${run}`,
  `'; ${run}; //`,
  `\`\${${run}}\``,
  "{{7*7}} ${7*7} <%= 7*7 %> #{7*7}",
  '=HYPERLINK("https://example.com")',
  "+1+1",
  "-1+1",
  "@SUM(1)",
  "\t=1+1",
  "__proto__",
  "constructor",
  "\u202Egnp.exe\u2066",
  "a\u0000b\u001b[31m\u2028c",
  "👩‍👩‍👧‍👦\u0301".repeat(20),
  "x".repeat(255),
];
const body = `${tags}<p><a href="javascript:${run}">here</a> <a href="https://example.com/" target="_top">there</a></p><iframe srcdoc="${run}" src="javascript:${run}"></iframe><form action="javascript:${run}"><button>go</button></form><meta http-equiv="refresh" content="0;url=https://example.com/"><style>* { background: url(https://example.com/) }</style>`;
const long = "n".repeat(255);

fixture(async () => {
  const { pb } = server;
  await pb.settings.update({ meta: { appName: `${tags}{{7*7}}`.slice(0, 200) } });
  const name = "constructor";
  const fields = ["title", "__proto__", "toString", "hasOwnProperty", "f".repeat(100)].map((name) => ({ name, type: "text", max: 5000, presentable: name === "title" }));
  await pb.collections.create({
    name,
    type: "base",
    listRule: `title != "${tags.replaceAll('"', "'")}"`,
    viewRule: "",
    fields: [
      ...fields,
      { name: "opt", type: "select", maxSelect: 2, values: evil.slice(0, 14) },
      { name: "site", type: "url" },
      { name: "body", type: "editor" },
      { name: "meta", type: "json", maxSize: 3_000_000 },
      { name: "files", type: "file", maxSelect: 5 },
    ],
  });
  await pb.collections.create({ name: "__proto__", type: "base", fields: [{ name: "to", type: "relation", collectionId: (await pb.collections.getOne(name)).id, maxSelect: 1 }] });
  await pb.collections.create({ name: long, type: "base", fields: [{ name: "title", type: "text" }] });
  await pb.collections.create({ name: "seen", type: "view", viewQuery: "SELECT id, title, body, site FROM constructor" });
  // A script element in JSON, and keys that objects have of themselves; a megabyte of it.
  const meta = `{"__proto__": {"admin": true}, "<script>${run}</script>": ${JSON.stringify(tags)}, "constructor": {"prototype": 1}, "long": "${"<b>".repeat(350_000)}"}`;
  for (const [i, text] of evil.entries()) {
    const form = new FormData();
    const plain = { id: id(i), title: text, ["__proto__"]: text, toString: text, hasOwnProperty: text, site: `https://example.com/"onmouseover=${encodeURIComponent(run)}`, body };
    for (const [k, v] of Object.entries(plain)) form.append(k, v);
    form.append("__proto__", text);
    if (i < 14) form.append("opt", text);
    if (i === 0) {
      form.append("meta", meta);
      form.append("files", new File([`<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`], `<img src=x onerror=${run}>.svg`, { type: "image/svg+xml" }));
      form.append("files", new File([`<script>${run}</script>`], `javascript:${run}.html`, { type: "text/html" }));
      form.append("files", new File(["x"], `${"y".repeat(240)}\u202Egnp.exe`));
    }
    await pb.send(`/api/collections/${name}/records`, { method: "POST", body: form });
  }
  await pb.send(`/api/collections/${name}/records`, { method: "POST", body: { id: id(50), title: "Links", body: '<p><a href="https://example.com/">there</a></p>' } });
  await pb.send("/api/collections/__proto__/records", { method: "POST", body: { to: id(0) } });
  await pb.send(`/api/dashboard/views/${name}`, { method: "POST", body: { name: tags.slice(0, 90), shared: true, options: { q: 'title != "constructor"' } } });
  await pb.send("/api/dashboard/rules/tests", { method: "POST", body: { collection: name, name: tags.slice(0, 90), action: "view", as: "guest", record: id(0), expect: "allowed" } });
  await pb.collections.update("users", { verificationTemplate: { subject: tags, body } });
}, () => startServer("--enable-sql"));

/** Somebody whose browser notes what ran, what tried to, and what opened. */
async function arrive(at) {
  const p = await Person.arrive(browser, server, { at: "/start" });
  p.page.on("dialog", (d) => (p.errors.push(`dialog: ${d.message()}`), void d.dismiss()));
  p.page.context().on("page", () => p.errors.push("something was opened"));
  await p.page.addInitScript(() => {
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (e) => window.refused.push(`${e.violatedDirective} ${e.sample || e.blockedURI}`));
  });
  await p.page.reload();
  await p.open(at);
  return p;
}

/** Looks whether anything of it took effect. */
async function judge(p, where) {
  await p.page.waitForFunction(() => document.querySelectorAll("h1").length === 1);
  const found = await p.page.evaluate(() => ({
    hacked: window.hacked ?? {}.admin ?? null,
    // Handlers are refused, and told of, even in documents that are never shown; those in the page are counted below.
    refused: window.refused.filter((r) => !r.startsWith("script-src-attr")),
    handlers: document.querySelectorAll("[onerror], [onload], [onmouseover], [onclick], script:not([src])").length,
    frames: [...document.querySelectorAll("iframe")].filter((f) => f.getAttribute("sandbox") !== "").length,
    links: [...document.querySelectorAll("a[href]")]
      .filter((a) => a.host !== location.host && !a.closest(".rich") && (!/^https?:$/.test(a.protocol) || !/noopener/.test(a.rel) || a.target !== "_blank"))
      .map((a) => a.outerHTML.slice(0, 100)),
    broken: [...document.querySelectorAll("[role=alert]")].map((a) => a.textContent).filter((t) => /could not be shown/.test(t)),
  }));
  assert.deepEqual(found, { hacked: null, refused: [], handlers: 0, frames: 0, links: [], broken: [] }, where);
}

// Each stands between others of its kind, so that what it shows is new.
const screens = {
  grid: "/c/constructor",
  "a long name": `/c/${long}`,
  "a record": `/c/constructor?r=${id(0)}`,
  "a view": `/c/seen?r=${id(0)}`,
  "a record of text": `/c/constructor?r=${id(14)}`,
  "a relation": "/c/__proto__?s=id",
  "a filter": `/c/constructor?q=${encodeURIComponent(`title = "${tags.replaceAll('"', "'")}"`)}`,
  "no collection": `/c/${encodeURIComponent(tags)}`,
  "the schema": "/c/constructor/schema",
  rules: "/c/constructor/rules/list",
  "the API: list": "/c/constructor/api/list",
  playground: "/playground?c=constructor&a=view",
  "the API: create": "/c/constructor/api/create",
  import: "/c/constructor/import",
  mails: "/c/users/auth/mails",
  access: "/access",
  diagram: "/diagram",
  settings: "/settings/application",
  "the diagram's list": "/diagram?layout=list",
  collections: "/settings/collections",
  "no screen": `/${encodeURIComponent(tags)}`,
};

/** What a browser says when it has refused something in a document that is never shown, or in a frame where nothing may run. */
const refused = /violates the following Content Security Policy|Executing inline event handler|sandboxed/;
const harmless = (p) => assert.deepEqual(p.errors.filter((e) => !refused.test(e)), []);

test("SEC-2 hostile data does nothing on any screen, and breaks none", async () => {
  const p = await arrive("/start");
  for (const [name, at] of Object.entries(screens)) {
    await p.page.locator("h1").first().evaluate((el) => el.setAttribute("data-before", ""));
    await p.open(at);
    await p.page.locator("h1:not([data-before])").waitFor().catch(() => assert.fail(`${name} did not come`));
    await p.settled();
    await judge(p, name);
  }
  harmless(p);
  await p.leave();
});

test("SEC-2 hostile data does nothing when it is looked at closely, found, exported, followed and changed", async () => {
  const p = await arrive(`/c/constructor?s=id&r=${id(0)}`);
  const form = p.page.getByRole("form");
  await form.getByText(/^Shown as its source/).waitFor();
  const frame = p.page.frameLocator("iframe");
  // What stands above it may still grow, and move it.
  await until(async () => (await form.getByText("Preview", { exact: true }).click(), await frame.getByText("there").isVisible()));
  for (const link of ["here", "there"]) await frame.getByText(link, { exact: true }).click();
  await frame.getByRole("button", { name: "go" }).click();
  await judge(p, "the preview");
  await p.page.getByRole("tab", { name: "JSON" }).click();
  await form.getByText("window.hacked").waitFor();
  await judge(p, "JSON");
  await p.page.getByRole("button", { name: "Close the panel" }).click();

  await p.cell(0, 2).hover();
  await p.cell(0, 2).getByRole("button", { name: "Show this title alone" }).click();
  await p.page.getByText("1 record matches").waitFor();
  await judge(p, "a value alone");
  await p.page.getByRole("button", { name: "Views", exact: true }).click();
  await p.page.getByRole("list", { name: "Views" }).getByText("<img").waitFor();
  await judge(p, "the views");
  await p.page.keyboard.press("Escape");

  await p.open("/c/constructor?s=id");
  await p.cell(16, 2).waitFor();
  await p.page.getByRole("button", { name: "More" }).first().click();
  const [file] = await Promise.all([p.page.waitForEvent("download"), p.page.getByRole("menuitem", { name: "Export as CSV" }).click()]);
  formulasAreTexts(await text(file));

  // A field may be called what objects have of themselves.
  for (const [i, name] of ["__proto__", "toString", "hasOwnProperty"].entries()) {
    const cell = p.cell(2, i + 3);
    await cell.dblclick();
    await p.type(`changed ${name}`);
    await p.press("Enter");
    await until(async () => JSON.stringify(await stored(2)).includes(`"${name}":"changed ${name}"`));
    await cell.filter({ hasText: `changed ${name}` }).waitFor();
  }
  await p.open(`/c/constructor?s=id&r=${id(3)}`);
  await form.getByRole("textbox", { name: "__proto__" }).fill("changed in the panel");
  await p.page.getByRole("button", { name: "Save", exact: true }).click();
  await p.page.getByText("Saved.", { exact: true }).waitFor();
  await p.cell(3, 3).filter({ hasText: "changed in the panel" }).waitFor();
  assert.equal(await form.getByRole("textbox", { name: "__proto__" }).inputValue(), "changed in the panel");

  await p.page.keyboard.press("Control+k");
  await p.page.getByRole("dialog").getByRole("combobox").fill("constructor");
  await p.page.getByRole("option", { name: "constructor" }).first().waitFor();
  await judge(p, "the palette");
  await p.page.keyboard.press("Escape");
  await p.page.getByRole("dialog").waitFor({ state: "hidden" });

  for (const [at, written] of [["constructor", true], ["seen", false]]) {
    await p.open(`/c/${at}?r=${id(50)}`);
    const link = form.locator(".rich a");
    await link.waitFor();
    await p.page.evaluate(() => (window.open = (...to) => void (window.opened = to)));
    await link.click();
    assert.deepEqual(await p.page.evaluate(() => window.opened ?? null), written ? null : ["https://example.com/", "_blank", "noopener,noreferrer"], at);
  }
  harmless(p);
  await p.leave();
});

test("SEC-2 hostile data does nothing in SQL, in realtime and in a gallery", async () => {
  const p = await arrive("/sql");
  await p.page.getByRole("textbox", { name: "Statement" }).fill("SELECT title, body FROM constructor ORDER BY id");
  await p.page.keyboard.press("Control+Enter");
  await p.page.getByRole("region", { name: "Rows" }).getByText("__proto__").waitFor();
  await judge(p, "SQL");
  const [file] = await Promise.all([p.page.waitForEvent("download"), p.page.getByRole("button", { name: "Save as CSV" }).click()]);
  formulasAreTexts(await text(file));
  await p.open("/realtime");
  await p.page.getByRole("button", { name: "Listen to" }).click();
  await p.page.getByRole("menuitemcheckbox", { name: "constructor" }).click();
  await p.page.getByLabel("Show what is in them").check();
  await p.page.getByRole("region", { name: "Connections" }).getByText("constructor/*").first().waitFor();
  await server.pb.send(`/api/collections/constructor/records/${id(3)}`, { method: "PATCH", body: { title: tags } });
  await p.page.getByRole("region", { name: "Event list" }).getByText("window.hacked").waitFor();
  await judge(p, "realtime");
  await p.open("/c/constructor?layout=gallery&s=id");
  await p.page.getByRole("grid").getByText("window.hacked").first().waitFor();
  await judge(p, "the gallery");
  harmless(p);
  await p.leave();
});

const text = async (file) => Buffer.concat(await (await file.createReadStream()).toArray()).toString();

function formulasAreTexts(csv) {
  for (const formula of evil.filter((t) => /^[=+@\t-]/.test(t))) assert.ok(csv.includes(`'${formula.replaceAll('"', '""')}`), `${formula} is run`);
}

/** A record as it is on the server. */
const stored = (i) => server.pb.send(`/api/collections/constructor/records/${id(i)}`, { method: "GET" });

async function until(so) {
  for (let left = 100; !(await so()); left--) {
    assert.ok(left, `it never came to this: ${so}`);
    await later(100);
  }
}
