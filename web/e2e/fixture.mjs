// The server and the browser that the tests of one file share.
import { after, before } from "node:test";
import { launch } from "./browser.mjs";
import { startServer } from "./server.mjs";

export let server, browser;

/** Starts both before the tests of a file, and ends them after; prepare makes what they work on. */
export function fixture(prepare = () => {}, start = startServer) {
  before(async () => {
    browser = await launch();
    server = await start();
    await prepare();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
}
