// The bars of the dashboard's specification §8.2: how fast, how heavy and how calm the dashboard is beside
// PocketBase's, in one run, on the same collection. Prints a table and fails when a bar is missed.
//
//   HOLDALL_BIN=bin/holdall POCKETBASE_BIN=… node web/e2e/bars.mjs
//   BARS_ROWS=100000 BARS_RUNS=9 BARS_SLOW=1    rows of the collection, samples of each time, also slow 4G with a quarter of the processor
import { launchBare, Person } from "./browser.mjs";
import { email, password, seed, startNeighbour, startServer } from "./server.mjs";

const rows = Number(process.env.BARS_ROWS ?? 100_000);
const runs = Number(process.env.BARS_RUNS ?? 9);
const kB = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
const ms = (n) => `${n.toFixed(0)} ms`;
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

/** Runs in the page: notes when the screen is ready, layout shifts, and how long frames take. */
function watch(ready) {
  window.bars = { shift: 0, frames: [] };
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) if (!e.hadRecentInput) window.bars.shift += e.value;
  }).observe({ type: "layout-shift", buffered: true });
  const there = () => {
    if (!document.body) return false;
    if (ready === "password") return !!document.querySelector("input[type=password]")?.getClientRects().length;
    const text = document.evaluate('//body//text()[starts-with(normalize-space(.), "Post ")]', document.body, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
    return !!text?.parentElement.getClientRects().length;
  };
  const look = () => (there() ? (window.bars.ready = performance.now()) : requestAnimationFrame(look));
  requestAnimationFrame(look);
}

const slow4G = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };

/** Opens an address in a fresh profile, and says what it took until the screen was ready and had come to rest. */
async function cold(browser, { url, state, ready, slow }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, storageState: state });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  if (slow) {
    await cdp.send("Network.emulateNetworkConditions", slow4G);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  }
  const asked = new Map();
  const got = { api: 0, static: 0, requests: 0, early: 0, paths: [] };
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => {
    asked.set(requestId, request.url);
    if (request.url.includes("/api/")) got.paths.push(new URL(request.url).pathname);
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const api = asked.get(requestId)?.includes("/api/");
    got[api ? "api" : "static"] += encodedDataLength;
    if (api) got.requests++;
  });
  await page.addInitScript(watch, ready);
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => window.bars.ready, undefined, { timeout: 120_000 });
  got.early = got.requests;
  await page.waitForLoadState("networkidle", { timeout: 20_000 }).catch(() => {});
  const { ready: at, shift } = await page.evaluate(() => window.bars);
  await context.close();
  return { ...got, ready: at, shift };
}

/** Signs in by the form, and keeps what the browser then stores. */
async function signedIn(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${url}/_/#/login`);
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector("input[type=password]") && localStorage.length > 0);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Scrolls through a thousand rows, then jumps to a row far away. */
async function grid(browser, server) {
  const p = await Person.arrive(browser, server, { at: "/c/posts" });
  await p.cell(0, 2).waitFor();
  const cdp = await p.page.context().newCDPSession(p.page);
  const heap = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    return (await cdp.send("Runtime.getHeapUsage")).usedSize;
  };
  const frames = await p.page.evaluate(async () => {
    const scroller = document.querySelector("[role=grid]");
    const row = document.querySelector('[role=row][aria-rowindex="3"]').offsetHeight;
    const took = [];
    for (let last = performance.now(); scroller.scrollTop < 1000 * row; ) {
      scroller.scrollTop += 2 * row;
      const now = await new Promise(requestAnimationFrame);
      took.push(now - last);
      last = now;
    }
    return took.slice(1);
  });
  const seen = await heap();
  const far = Math.floor(rows * 0.99);
  const jump = await p.page.evaluate(async (far) => {
    const scroller = document.querySelector("[role=grid]");
    const row = document.querySelector("[role=row]:not([aria-rowindex='1'])").offsetHeight;
    const from = performance.now();
    scroller.scrollTop = far * row;
    while (!document.querySelector(`[data-cell="${far + 3}:2"]`)?.textContent.startsWith("Post")) await new Promise(requestAnimationFrame);
    return performance.now() - from;
  }, far);
  await p.page.evaluate(() => (document.querySelector("[role=grid]").scrollTop = 1e9));
  await p.cell(rows - 1, 2).filter({ hasText: "Post" }).waitFor();
  const nodes = await p.page.evaluate(() => document.querySelectorAll("*").length);
  const end = await heap();
  await p.leave();
  return { frame: frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.95)], seen, jump, nodes, end };
}

const browser = await launchBare();
const [ours, theirs] = await Promise.all([startServer(), startNeighbour()]);
let failed = 0;
const line = (what, got, bar, good, beside = "") => {
  if (!good) failed++;
  console.log(`${good ? "ok  " : "MISS"}  ${what.padEnd(38)} ${got.padStart(10)}  ${bar.padEnd(12)} ${beside}`);
};
try {
  for (const s of [ours, theirs]) await seed(s.pb, rows);
  const states = { ours: await signedIn(browser, ours.url), theirs: await signedIn(browser, theirs.url) };
  const places = {
    "sign-in": { ready: "password", ours: "/_/#/login", theirs: "/_/#/login", times: 0.65, bytes: 140_000 },
    records: { ready: "row", ours: "/_/#/c/posts", theirs: "/_/#/collections?collection=posts", times: 0.75, bytes: 230_000 },
  };
  const manners = process.env.BARS_SLOW ? [false, true] : [false];
  for (const [name, place] of Object.entries(places))
    for (const slow of manners) {
      const got = { ours: [], theirs: [] };
      for (let i = 0; i < runs; i++)
        for (const [who, server] of Object.entries({ ours, theirs }))
          got[who].push(await cold(browser, { url: server.url + place[who], state: name === "records" ? states[who] : undefined, ready: place.ready, slow }));
      const of = (who, key) => median(got[who].map((g) => g[key]));
      const [a, b] = [of("ours", "ready"), of("theirs", "ready")];
      const times = slow && name === "records" ? 0.7 : place.times;
      line(`${name}, ${slow ? "slow 4G" : "cold"}: ready`, ms(a), `≤ ${times} ×`, a <= times * b, `${(a / b).toFixed(2)} × of ${ms(b)}`);
      if (slow) continue;
      line(`${name}: static bytes`, kB(of("ours", "static")), `≤ ${kB(place.bytes)}`, of("ours", "static") <= place.bytes, `PocketBase ${kB(of("theirs", "static"))}`);
      line(`${name}: layout shift`, of("ours", "shift").toFixed(3), "≤ 0.02", of("ours", "shift") <= 0.02, `PocketBase ${of("theirs", "shift").toFixed(3)}`);
      if (name !== "records") continue;
      line("records: API bytes", kB(of("ours", "api")), "≤ 60 kB", of("ours", "api") <= 60_000, `PocketBase ${kB(of("theirs", "api"))}`);
      line("records: API answers before the first row", String(of("ours", "early")), "≤ 3", of("ours", "early") <= 3, `in all ${of("ours", "requests")}, PocketBase ${of("theirs", "requests")}`);
      if (process.env.BARS_VERBOSE) console.log(got.ours[0].paths, got.theirs[0].paths);
    }
  const g = [];
  for (let i = 0; i < Math.min(runs, 3); i++) g.push(await grid(browser, ours));
  const of = (key) => median(g.map((x) => x[key]));
  line("1,000 rows seen: heap", kB(of("seen")), "≤ 30 MB", of("seen") <= 30e6);
  line("1,000 rows seen: frame p95", ms(of("frame")), "≤ 34 ms", of("frame") <= 34);
  line(`jump to row ${Math.floor(rows * 0.99)}`, ms(of("jump")), "≤ 500 ms", of("jump") <= 500);
  line("at the end: elements", String(of("nodes")), "≤ 3000", of("nodes") <= 3000);
  line("at the end: heap", kB(of("end")), "≤ 30 MB", of("end") <= 30e6);
} finally {
  await browser.close();
  await Promise.all([ours.close(), theirs.close()]);
}
process.exitCode = failed ? 1 : 0;
