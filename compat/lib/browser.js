// A real browser without a window, and a page of an application that uses the official client in it.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--no-first-run"];

export const openBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });

// serveApp serves a page of another origin than the server's. Its client is window.pb; the button signs in by a
// popup, and what comes of it is written below.
export async function serveApp(server) {
  const client = await readFile(createRequire(import.meta.url).resolve("pocketbase").replace("cjs.js", "es.mjs"));
  const page = `<!doctype html><title>App</title><button>Sign in</button><output></output><script type="module">
    import PocketBase from "/pocketbase.mjs";
    const pb = window.pb = new PocketBase(${JSON.stringify(server)});
    document.querySelector("button").onclick = async () => {
      const say = (text) => (document.querySelector("output").textContent = text);
      try {
        const { record } = await pb.collection("users").authWithOAuth2({ provider: "oidc" });
        say("signed in as " + record.email);
      } catch (error) {
        say("failed: " + error.message);
      }
    };
  </script>`;
  const http = createServer((request, response) => {
    const script = request.url === "/pocketbase.mjs";
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html; charset=utf-8");
    response.end(script ? client : page);
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${http.address().port}/`, stop: () => new Promise((resolve) => { http.closeAllConnections(); http.close(resolve); }) };
}
