// Takes a picture of every screen in both themes and three widths, for people to look at.
//
//   HOLDALL_BIN=bin/holdall node web/e2e/shots.mjs DIRECTORY [name]
import { join } from "node:path";
import { launch, Person } from "./browser.mjs";
import { seed, startServer } from "./server.mjs";
import { seedSights } from "./sights.mjs";

export const screens = {
  start: "/start",
  grid: "/c/posts",
  panel: "/c/posts?r=000000000000003",
  gallery: "/c/sights?layout=gallery",
  map: "/c/sights?layout=map",
  schema: "/c/posts/schema",
  new: "/new",
  rules: "/c/posts/rules/list",
  auth: "/c/users/auth/methods",
  settings: "/settings/application",
  access: "/access",
  import: "/c/posts/import",
  snippets: "/c/posts/api/list?filter=views%20%3E%2010&sort=-views",
  playground: "/playground?c=posts&a=list",
  diagram: "/diagram",
  "diagram list": "/diagram?layout=list",
  sql: "/sql",
  realtime: "/realtime",
  collections: "/settings/collections",
};

const [dir, only] = process.argv.slice(2);
if (dir) {
  const [server, browser] = [await startServer("--enable-sql"), await launch()];
  try {
    await seed(server.pb);
    await seedSights(server.pb);
    for (const theme of ["light", "dark"])
      for (const width of [1280, 768, 390]) {
        const viewport = { width, height: 800 };
        const p = await Person.arrive(browser, server, { at: "/start", theme, viewport });
        for (const [name, at] of Object.entries(screens)) {
          if (only && name !== only) continue;
          await p.open(at);
          await p.settled();
          await p.page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
          await p.page.screenshot({ path: join(dir, `${name}-${theme}-${width}.png`) });
        }
        await p.leave();
        if (only && only !== "login") continue;
        const guest = await Person.arrive(browser, server, { at: "/login", signedIn: false, theme, viewport });
        await guest.page.getByLabel("E-mail").waitFor();
        await guest.page.screenshot({ path: join(dir, `login-${theme}-${width}.png`) });
        await guest.leave();
      }
  } finally {
    await browser.close();
    await server.close();
  }
}
