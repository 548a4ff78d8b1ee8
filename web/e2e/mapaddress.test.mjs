// What a map shows as an address, and what it cannot show as a table. The dashboard's specification §2.1, §5.3.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Person } from "./browser.mjs";
import { browser, fixture, server } from "./fixture.mjs";
import { until } from "./until.mjs";
import { seedSights } from "./sights.mjs";

fixture(() => seedSights(server.pb));

const arrive = (options) => Person.arrive(browser, server, options);
const map = (p) => p.page.getByRole("application", { name: "Map of sights by place" });
const mark = (p, name) => map(p).getByRole("button", { name });
const said = (p, text) => p.page.getByText(text).first().waitFor();
const record = (p) => p.page.getByRole("form", { name: /Record/ });
const looked = (p) => new URLSearchParams(p.page.url().split("?")[1]).get("map");
/** Where a mark is on the screen once it rests there. */
async function spot(p, name) {
  let [was, now] = [];
  await until(`${name} rests`, async () => {
    [was, now] = [now, await mark(p, name).boundingBox()];
    return was && now && Math.hypot(was.x - now.x, was.y - now.y) < 0.5;
  });
  return now;
}
const near = (a, b) => !!a && Math.hypot(a.x - b.x, a.y - b.y) <= 4;

test("URL-1 what a map shows stands in the address: reload, Back and a fresh tab show it; moving makes no steps to go back", async () => {
  const p = await arrive({ at: "/c/sights" });
  await p.cell(0, 2).waitFor();
  await p.press("v", "m");
  await said(p, "39 places in view");
  const steps = await p.page.evaluate(() => history.length);
  await p.click(mark(p, "8 records"));
  await mark(p, "Vienna").waitFor();
  await p.page.waitForURL(/map=4\d\.\d+_\d+\.\d+_\d/);
  await map(p).focus();
  await p.press("ArrowRight");
  const before = looked(p);
  await until("the address follows", () => looked(p) !== before);
  assert.ok(looked(p).length < 24, looked(p));
  assert.equal(await p.page.evaluate(() => history.length), steps);
  const there = await spot(p, "Vienna");
  const at = p.page.url();
  await p.page.reload();
  assert.ok(near(await spot(p, "Vienna"), there), "after a reload");
  // A record that is opened is a step, and what is looked at then is of that step.
  await p.click(mark(p, "Vienna"));
  await record(p).waitFor();
  await p.click(p.page.getByRole("button", { name: "Zoom in" }));
  await until("it is zoomed", () => looked(p) && !at.includes(looked(p)));
  await p.page.goBack();
  await record(p).waitFor({ state: "hidden" });
  assert.equal(p.page.url(), at);
  await until("the map is back", async () => near(await mark(p, "Vienna").boundingBox(), there));
  const other = await arrive({ at: at.split("#")[1] });
  assert.ok(near(await spot(other, "Vienna"), there), "in a fresh tab");
  await other.click(other.page.getByRole("button", { name: "Show all" }));
  await other.page.waitForURL((url) => !url.hash.includes("map="));
  await other.open("/c/sights?layout=map&map=nonsense");
  await said(other, "39 places in view");
  await other.page.waitForURL((url) => !url.hash.includes("nonsense"));
  for (const one of [p, other]) {
    assert.deepEqual(one.errors, []);
    await one.leave();
  }
});

test("the records without a place are shown in the table, under the filter of the map, and Back is at the map", async () => {
  const p = await arrive({ at: "/c/sights?layout=map&q=rank+%3E+37" });
  await said(p, "1 record has no place");
  await p.click(p.page.getByRole("button", { name: "Show it in the table" }));
  await said(p, "1 record matches");
  assert.equal(await p.page.getByPlaceholder(/^Words, or a filter/).inputValue(), "rank > 37 && place.lon = 0 && place.lat = 0");
  await p.cell(0, 2).filter({ hasText: "Buenos Aires" }).waitFor();
  await p.page.goBack();
  await said(p, "1 record has no place");
  assert.deepEqual(p.errors, []);
  await p.leave();
});
