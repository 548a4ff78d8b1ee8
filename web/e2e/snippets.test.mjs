// The examples of a collection's API are run as they stand on the page: the criteria of the dashboard's specification §5.11.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { password, seed } from "./server.mjs";
import { until } from "./until.mjs";

const names = { javascript: "JavaScript", dart: "Dart", curl: "curl" };
let person;
fixture(async () => {
  await seed(server.pb, 6);
  await server.pb.collections.update("posts", { updateRule: '@request.auth.id != ""', indexes: ["CREATE UNIQUE INDEX `one_title` ON `posts` (`title`)"] });
  await server.pb.collections.update("users", { createRule: "" });
  await server.pb.collection("users").create({ email: "grace@example.org", password, passwordConfirm: password, name: "Grace" });
  person = await Person.arrive(browser, server, { at: "/start" });
});

/** The example as it stands on a page that is opened afresh. */
async function example(at, language, query = "") {
  await person.open("/start");
  await person.page.reload();
  await person.open(`${at}?lang=${language}${query}`);
  return person.page.getByRole("region", { name: `Example in ${names[language]}` }).textContent();
}

/** Runs an example; PASSWORD is in its environment, as the page asks. */
function start(language, text) {
  const [program, ...flags] = language === "curl" ? ["bash", "-eo", "pipefail", "-c", text] : [process.execPath, "--experimental-eventsource", "--no-warnings", "--input-type=module", "--eval", text];
  const child = spawn(program, flags, { cwd: new URL("..", import.meta.url), env: { ...process.env, PASSWORD: password }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const run = { child, out: "", err: "", ended: once(child, "close") };
  child.stdout.on("data", (d) => (run.out += d));
  child.stderr.on("data", (d) => (run.err += d));
  return run;
}

/** Runs an example to its end; what it says. */
async function run(language, text) {
  const r = start(language, text);
  const [code] = await r.ended;
  assert.equal(code, 0, `${text}\n${r.out}${r.err}`);
  return r.out;
}

for (const language of ["javascript", "curl"]) {
  test(`API-1 list in ${language}: the knobs change the example and the address together`, async () => {
    const text = await example("/c/posts/api/list", language, `&perPage=2&sort=-title&expand=author&filter=${encodeURIComponent('views > 0 && title != "it\'s"')}`);
    const out = await run(language, text);
    assert.match(out, /Post 5/);
    assert.match(out, /expand"?: ?\{/, "expanded");
    assert.doesNotMatch(out, /Post 2/, "two of a page");
  });

  test(`API-1 view in ${language}: one real record, and chosen fields of it`, async () => {
    const out = await run(language, await example("/c/posts/api/view", language, "&fields=id,title"));
    assert.match(out, /00000000000000\d/);
    assert.match(out, /Post \d/);
    assert.doesNotMatch(out, /views/);
  });

  test(`API-1 create in ${language}: as a superuser where the rule lets nobody else`, async () => {
    const count = async () => (await server.pb.collection("posts").getList(1, 1)).totalItems;
    const had = await count();
    await run(language, await example("/c/posts/api/create", language));
    assert.equal(await count(), had + 1);
    const [made] = await server.pb.collection("posts").getFullList({ sort: "-created" });
    assert.equal(made.status, "draft");
    assert.deepEqual(made.tags, ["go", "js"]);
    assert.ok(made.author, "a real author");
  });

  test(`API-1 update in ${language}: as an account, where the rule asks for one`, async () => {
    const [first] = (await server.pb.collection("posts").getList(1, 1)).items;
    await server.pb.collection("posts").update(first.id, { views: 77, published: false });
    const text = await example("/c/posts/api/update", language);
    assert.match(text, /grace@example\.org/);
    await run(language, text);
    const now = await server.pb.collection("posts").getOne(first.id);
    assert.deepEqual([now.views, now.published], [1, true]);
  });

  test(`API-1 subscribe in ${language}: a change comes through the filter`, async () => {
    const r = start(language, await example("/c/posts/api/subscribe", language, `&filter=${encodeURIComponent("views = 4242")}`));
    try {
      await until("it is subscribed", async () => (await server.pb.send("/api/dashboard/realtime/clients", {})).some((c) => c.topics.some((t) => t.startsWith("posts/*"))));
      await server.pb.collection("posts").update("000000000000004", { views: 1, published: true });
      await server.pb.collection("posts").update("000000000000004", { views: 4242 });
      await until("the change is heard", () => r.out.includes("4242"));
      assert.match(r.out, /update/);
    } catch (err) {
      err.message += `\n${r.out}${r.err}`;
      throw err;
    } finally {
      process.kill(-r.child.pid);
      await r.ended;
    }
  });

  test(`API-1 sign in, and a new account, in ${language}`, async () => {
    const out = await run(language, await example("/c/users/api/sign-in", language));
    assert.match(out, /eyJ[\w-]+\.[\w-]+\.[\w-]+/, "a token");
    const had = (await server.pb.collection("users").getFullList()).map((u) => u.email);
    await run(language, await example("/c/users/api/create", language));
    const fresh = (await server.pb.collection("users").getFullList()).find((u) => !had.includes(u.email));
    await server.pb.collection("users").getOne(fresh.id);
    await server.pb.collection("users").delete(fresh.id);
  });

  test(`API-1 delete in ${language}: the record that it names is gone`, async () => {
    const [first] = (await server.pb.collection("posts").getList(1, 1)).items;
    const text = await example("/c/posts/api/delete", language);
    assert.ok(text.includes(first.id));
    await run(language, text);
    await assert.rejects(server.pb.collection("posts").getOne(first.id), { status: 404 });
  });
}

test("API-2 no example names a field that the collection has not", async () => {
  const fields = (await server.pb.collections.getOne("posts")).fields.map((f) => f.name);
  const text = await example("/c/posts/api/create", "curl");
  const body = JSON.parse(/-d '(\{[^]*\})'/.exec(text)[1]);
  assert.ok(Object.keys(body).length > 5);
  assert.deepEqual(Object.keys(body).filter((k) => !fields.includes(k)), []);
  for (const [at, actions] of [["posts", ["list", "view", "create", "update", "delete", "subscribe"]], ["users", ["list", "view", "create", "update", "delete", "subscribe", "sign-in"]]])
    for (const action of actions) {
      await example(`/c/${at}/api/${action}`, "curl");
      for (const [language, name] of Object.entries(names)) {
        await person.page.getByText(name, { exact: true }).click();
        const code = await person.page.getByRole("region", { name: `Example in ${name}` }).textContent();
        assert.doesNotMatch(code, /RECORD_ID|YOUR|placeholder|undefined|\[object/, `${at} ${action} ${language}`);
        assert.ok(code.includes(server.url), "this host");
      }
    }
});

test("task: a list example is copied with one click and one key, and the language is remembered", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.grid().waitFor();
  p.begin();
  await p.click(p.page.getByRole("link", { name: "API", exact: true }));
  await p.page.getByRole("region", { name: "Example in JavaScript" }).waitFor();
  await p.press("c");
  await p.page.getByText("The example is copied.").waitFor();
  assert.ok(p.clicks <= 1 && p.keys <= 1, `${p.clicks} clicks, ${p.keys} keys`);
  await p.copied(await p.page.getByRole("region", { name: "Example in JavaScript" }).textContent());

  await p.page.getByText("Dart", { exact: true }).click();
  await p.page.getByRole("region", { name: "Example in Dart" }).waitFor();
  await p.open("/c/users/api/list");
  await p.page.getByRole("region", { name: "Example in Dart" }).waitFor();
  await p.leave();
});

test("URL-1 a knob changes the example, the request and the address of the page", async () => {
  const p = await Person.arrive(browser, server, { at: "/c/posts/api/list?lang=javascript" });
  await p.page.getByLabel("Filter").focus();
  await p.type("views > 3");
  await p.page.getByLabel("Sort").selectOption("-views");
  await p.page.getByRole("button", { name: "Fields: All fields" }).click();
  await p.page.getByRole("checkbox", { name: "title" }).check();
  await p.page.waitForURL(/filter=views[+ %20]*%3E[+ %20]*3.*fields=title|fields=title.*filter=views/);
  const code = p.page.getByRole("region", { name: "Example in JavaScript" });
  await until("the example follows", async () => /filter: "views > 3",[^]*fields: "title"/.test(await code.textContent()));
  assert.match(await p.page.getByRole("group", { name: "Request" }).textContent(), /sort=-views&filter=views%20%3E%203&fields=title$/);
  assert.deepEqual(p.errors, []);
  await p.leave();
});

test("an empty collection and an unknown action say so", async () => {
  await server.pb.collections.create({ name: "bare", type: "base", fields: [{ name: "word", type: "text" }] });
  const p = await Person.arrive(browser, server, { at: "/c/bare/api/view" });
  await p.page.getByText("bare has no record yet.").waitFor();
  await p.open("/c/bare/api/sign-in");
  await p.page.getByRole("heading", { name: "Not found" }).waitFor();
  await p.open("/c/nobody/api/list");
  await p.page.getByText("There is no collection called").waitFor();
  await p.leave();
});

test("A11Y-1 the examples in both themes and on a phone; A11Y-5 nothing is wider than the phone", async () => {
  for (const theme of ["light", "dark"])
    for (const width of [1280, 390]) {
      const p = await Person.arrive(browser, server, { at: "/c/posts/api/list?lang=javascript&filter=views%20%3E%201", theme, viewport: { width, height: 800 } });
      await p.page.getByRole("region", { name: "Example in JavaScript" }).waitFor();
      assert.deepEqual(await p.axe(), [], `${theme} ${width}`);
      await p.page.getByRole("button", { name: "Fields: All fields" }).click();
      await p.page.getByRole("checkbox", { name: "title" }).waitFor();
      assert.deepEqual(await p.axe(), [], `${theme} ${width}, fields open`);
      assert.ok(await p.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${theme} ${width} is not wider`);
      assert.deepEqual(p.errors, []);
      await p.leave();
    }
});
