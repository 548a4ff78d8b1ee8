// A part of the dashboard that breaks takes nothing else with it. Real components are made to break: the server is made
// to answer what it never answers. The dashboard's specification §8.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { seed } from "./server.mjs";

fixture(() => seed(server.pb, 30));

const record = "000000000000003";
/** What no text can be made of. */
const unspeakable = { toString: 1, valueOf: 1 };
const main = (p) => p.page.locator("#main");

/**
 * Each part, where it is, what its data comes from, what is made of it, and what can still be done beside it.
 */
const parts = {
  "This screen": {
    at: "/c/posts/schema",
    from: "**/api/collections/posts",
    made: (c) => ({ ...c, fields: null }),
    whole: (p) => p.page.getByRole("region", { name: "Throw away" }),
    beside: async (p) => {
      await p.page.keyboard.press("Control+k");
      await p.page.getByRole("dialog").getByRole("option", { name: /authors/ }).first().click();
      await p.grid("authors").waitFor();
      await p.page.goBack();
    },
  },
  "The list of collections": {
    at: "/realtime",
    from: "**/api/dashboard/bootstrap",
    made: (b) => ({ ...b, collections: b.collections.map(({ access: _, ...c }) => c) }),
    whole: (p) => p.page.getByRole("link", { name: "posts" }).first(),
    beside: async (p) => {
      await p.page.getByRole("link", { name: "Settings" }).click();
      await p.page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
      await p.page.goBack();
    },
  },
  "The grid": {
    at: "/c/posts?s=id",
    from: "**/api/collections/posts/records?*skipTotal*",
    made: (page) => ({ ...page, items: page.items.map((row) => ({ ...row, title: unspeakable })) }),
    whole: (p) => p.cell(3, 2).filter({ hasText: "Post 3" }),
    beside: async (p) => {
      await p.page.getByRole("button", { name: "Columns" }).click();
      await p.page.keyboard.press("Escape");
      await main(p).getByText("30 records").waitFor();
    },
  },
  "The record": {
    at: `/c/posts?r=${record}`,
    from: `**/api/collections/posts/records/${record}*`,
    made: (row) => ({ ...row, id: { no: "text" } }),
    whole: (p) => p.page.getByRole("form").getByLabel("title"),
    beside: (p) => p.cell(3, 2).click(),
  },
  "The field place": {
    at: `/c/posts?r=${record}`,
    from: `**/api/collections/posts/records/${record}*`,
    made: (row) => ({ ...row, place: { lat: unspeakable, lon: 1 } }),
    whole: (p) => p.page.getByRole("form").getByLabel("place").first(),
    beside: (p) => p.page.getByRole("form").getByLabel("title").fill("Still typed"),
  },
  Rules: {
    at: "/settings/limits",
    from: "**/api/settings",
    made: (s) => ({ ...s, rateLimits: { ...s.rateLimits, enabled: true, rules: {} } }),
    whole: (p) => p.page.getByText(/trustedProxy|superuserIPs/).filter({ hasText: "10.0.0.0/8" }),
    beside: (p) => p.page.getByRole("region", { name: "Superusers" }).getByRole("textbox").first().fill("10.0.0.0/8"),
  },
  "The connections": {
    at: "/realtime",
    from: "**/api/dashboard/realtime/clients",
    made: () => [{ id: "x", topics: null }],
    whole: (p) => p.page.getByText("Nobody is connected").or(p.page.getByRole("region", { name: "Connections" })),
    beside: (p) => p.page.getByRole("button", { name: "Pause" }).click(),
  },
};

for (const [name, { at, from, made, whole, beside }] of Object.entries(parts))
  test(`ROB-5 ${name} breaks: it says so, the rest can be used, and it can be tried again`, async () => {
    const p = await Person.arrive(browser, server, { at: "/access" });
    await p.settled();
    await p.intercept(from, async (route) => {
      if (route.request().method() !== "GET") return route.continue();
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: made(await answer.json()) });
    });
    await p.open(at);
    await p.page.reload();
    const broken = p.page.getByRole("alert").filter({ hasText: `${name} could not be shown` });
    await broken.waitFor();
    await beside(p);
    await broken.waitFor();
    assert.deepEqual(await p.axe(), []);
    await broken.getByRole("button", { name: "Copy a report" }).click();
    await p.page.getByText("Copied.").waitFor();
    await reported(p, name);
    await p.page.unroute(from);
    await broken.getByRole("button", { name: "Try again" }).click();
    await broken.waitFor({ state: "hidden" });
    await whole(p).first().waitFor();
    assert.deepEqual(p.errors.filter((e) => e.startsWith("pageerror")), []);
    await p.leave();
  });

/** The report that was copied says what and where, and holds no secret and no data. */
async function reported(p, name) {
  const said = await p.page.evaluate(() => navigator.clipboard.readText());
  for (const line of [`${name} could not be shown`, /^version: \S+$/m, /^screen: \/\S*$/m, /^message: \w*Error: ./m, /^stack:\n\s+at /m, /^components:\n\s+at /m]) assert.match(said, line instanceof RegExp ? line : new RegExp(`^${line}`));
  for (const secret of [server.pb.authStore.token, "Post 3", record, new URL(server.url).host]) assert.ok(!said.includes(secret), `the report holds ${secret}`);
}
