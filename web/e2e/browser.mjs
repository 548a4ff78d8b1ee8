// A browser in which tests do what people do, and count it.
import { chromium } from "playwright-core";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as later } from "node:timers/promises";
import { startProxy } from "./proxy.mjs";
import { email, hosts, password } from "./server.mjs";
import { until } from "./until.mjs";

// A browser also talks to its maker. What no flag ends is led to a port that browsers never connect to.
const nowhere = "http://127.0.0.1:9/";
const flags = [
  ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-pings"],
  ...[`--component-updater=url-source=${nowhere}`, `--gaia-url=${nowhere}`, `--autofill-server-url=${nowhere}`],
];

/** A browser for measuring: nothing stands between it and the servers. */
export const launchBare = (options) => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags, ...options });

/**
 * A browser whose every request goes through a proxy of ours. Closing it fails when it has asked for any host but those of
 * servers that this test has started, or has added to `hosts` itself (SEC-1).
 */
export async function launch() {
  const proxy = await startProxy(hosts);
  // Without the bypass rule a browser goes to the loopback directly.
  const browser = await launchBare({ proxy: { server: proxy.url, bypass: "<-loopback>" } });
  const close = browser.close.bind(browser);
  browser.close = async () => {
    await close();
    proxy.close();
    assert.deepEqual(proxy.strangers(), [], "SEC-1: hosts that are not ours were asked for");
  };
  return browser;
}

/** Keys that are content and not control: they are not counted. */
const isText = (key) => key.length === 1;

/** Somebody at the dashboard: clicks and control keys are counted, whatever is typed as content is not. */
export class Person {
  clicks = 0;
  keys = 0;
  hosts = new Set();
  errors = [];

  constructor(page, url) {
    this.page = page;
    this.url = url;
    page.on("request", (r) => this.hosts.add(new URL(r.url()).host));
    page.on("pageerror", (e) => this.errors.push(`pageerror: ${e.message}`));
    page.on("console", (m) => m.type() === "error" && !/Failed to load resource/.test(m.text()) && this.errors.push(`console: ${m.text()}`));
  }

  /** Opens the dashboard in a fresh profile; signed in unless asked otherwise. */
  static async arrive(browser, server, { at = "/", signedIn = true, viewport = { width: 1280, height: 800 }, theme = "light" } = {}) {
    const context = await browser.newContext({ viewport, colorScheme: theme, permissions: ["clipboard-read", "clipboard-write"] });
    // The first word that is looked at for its spelling makes a browser fetch a dictionary from its maker.
    await context.addInitScript(() => document.addEventListener("DOMContentLoaded", () => (document.documentElement.spellcheck = false)));
    if (signedIn) {
      const auth = JSON.stringify({ token: server.pb.authStore.token, record: server.pb.authStore.record });
      await context.addInitScript((v) => localStorage.setItem("pocketbase_auth", v), auth);
    }
    const person = new Person(await context.newPage(), server.url);
    await person.open(at);
    return person;
  }

  async open(route) {
    await this.page.goto(`${this.url}/_/#${route}`);
  }

  /**
   * Answers what goes to some addresses. A browser that has let everything pass begins with it a moment later, which a busy
   * machine makes long: it is tried until it does.
   */
  async intercept(addresses, answer) {
    await this.page.route(addresses, answer);
    let held = false;
    await this.page.route("**/api/health?held", (r) => ((held = true), r.fulfill({ status: 204 })));
    while (!held) await this.page.evaluate((url) => fetch(url), `${this.url}/api/health?held`);
    await this.page.unroute("**/api/health?held");
  }

  /** Waits until a screen shows what it is for: its heading, the record if its address names one, nothing that still loads. */
  async settled() {
    await this.page.locator("h1").first().waitFor();
    if (/[?&]r=/.test(this.page.url())) await this.page.getByRole("form").waitFor();
    await this.page.waitForFunction(() => !document.querySelector('[role=status][aria-label="Loading"]'));
  }

  /** Signs in by the form, as a person does. */
  async signIn() {
    await this.page.getByLabel("E-mail").fill(email);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.keyboard.press("Enter");
  }

  /** Forgets what was counted. */
  begin() {
    this.clicks = 0;
    this.keys = 0;
  }

  async click(locator, options) {
    this.clicks++;
    await locator.click(options);
  }

  async doubleClick(locator) {
    this.clicks++;
    await locator.dblclick();
  }

  async press(...keys) {
    for (const key of keys) {
      this.keys++;
      await this.page.keyboard.press(key);
    }
  }

  /** Types content. */
  async type(text) {
    if (![...text].every(isText)) throw new Error("content is text");
    await this.page.keyboard.type(text);
  }

  /**
   * Types a text where the focus is and presses a key with Ctrl within one task of the page: no machine is quick enough
   * to draw the screen in between, as a busy one may not be for a person.
   */
  atOnce(text, key) {
    return this.page.evaluate(async ({ text, key }) => {
      const box = document.activeElement;
      document.execCommand("insertText", false, text);
      await Promise.resolve(); // an editor sees a change in the microtask after it
      box.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: true, bubbles: true, cancelable: true }));
    }, { text, key });
  }

  /** What has the focus, as one line; and whether a person sees that it does. */
  focused() {
    return this.page.evaluate(() => {
      const el = document.activeElement;
      const ringed = (e) => e && getComputedStyle(e).outlineStyle !== "none" && parseFloat(getComputedStyle(e).outlineWidth) >= 1;
      const box = el.getBoundingClientRect();
      // A choice is drawn by its label, a code editor by its frame.
      const seen = el.matches(":focus-visible") && (ringed(el) || ringed(el.parentElement) || ringed(el.closest(".cm-editor"))) && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
      const name = el.getAttribute("aria-label") ?? el.getAttribute("placeholder") ?? (el.labels?.[0] ?? el).textContent ?? "";
      return { is: `${el.getAttribute("role") ?? el.localName} ${JSON.stringify(name.trim().slice(0, 40))}`, cell: el.getAttribute("data-cell"), seen };
    });
  }

  /**
   * Presses Tab, or Shift+Tab, until something with the role and name has the focus. Everything on the way must be seen
   * to have it; when the way is too long, what was passed is told.
   */
  async reach(role, name, { back = false, within = this.page, most = 70 } = {}) {
    const wanted = within.getByRole(role, { name, exact: typeof name === "string" });
    const passed = [];
    for (;;) {
      if (await wanted.evaluateAll((all) => all.includes(document.activeElement))) return passed;
      if (passed.length === most) throw new Error(`${role} ${name} was not reached by Tab, only:\n${passed.join("\n")}`);
      await this.press(back ? "Shift+Tab" : "Tab");
      let { is, seen } = await this.focused();
      for (let i = 0; !seen && i < 20; i++) {
        await later(25); // an editor of code draws its ring a moment later
        ({ is, seen } = await this.focused());
      }
      passed.push(is);
      if (!seen) throw new Error(`nobody sees that ${is} has the focus, after:\n${passed.join("\n")}`);
    }
  }

  /** Waits until something with the role and name has the focus, which it must be seen to have. */
  async focusOn(role, name, within = this.page) {
    const wanted = within.getByRole(role, { name, exact: typeof name === "string" });
    let now;
    const told = () => `${role} ${name} has the focus; it is ${now.seen ? "on" : "unseen on"} ${now.is}`;
    await until(told, async () => (now = await this.focused()).seen && wanted.evaluateAll((all) => all.includes(document.activeElement)));
  }

  /** Chooses how records are edited. */
  async editIn(mode) {
    await this.page.getByRole("button", { name: /^Edits: / }).click();
    await this.page.getByRole("menuitemcheckbox", { name: new RegExp(`^${mode}`) }).click();
    await this.page.getByRole("button", { name: `Edits: ${mode}` }).waitFor();
  }

  grid(name = "posts") {
    return this.page.getByRole("grid", { name: `Records of ${name}` });
  }

  cell(row, column) {
    return this.page.locator(`[data-cell="${row}:${column}"]`);
  }

  /** What is in the clipboard once it holds a text; writing takes a moment. */
  async copied(text) {
    let held;
    const told = () => `the clipboard holds ${JSON.stringify(text)}; it holds ${JSON.stringify(held)}`;
    await until(told, async () => (held = await this.page.evaluate(() => navigator.clipboard.readText())).includes(text));
    return held;
  }

  /** What axe finds wrong, as one line each, on a screen or a part of it that is at rest: what fades in or still loads is not judged. */
  async axe(part = "html") {
    await this.page.evaluate(await axeSource);
    let found = [];
    for (let i = 0; i < 5; i++) {
      if (i) await later(200);
      found = await this.page.evaluate(async ([part, tags]) => {
        const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity);
        await Promise.allSettled(ending.map((a) => a.finished));
        return (await window.axe.run(part, { resultTypes: ["violations"], runOnly: tags })).violations;
      }, [part, rules]);
      if (!found.length) break;
    }
    return found.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary?.split("\n")[1]?.trim()}`));
  }

  async leave() {
    await this.page.context().close();
  }
}

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const axeSource = readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
