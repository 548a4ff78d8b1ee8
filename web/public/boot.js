// Runs before anything is painted: it sets the theme, loads the page of a mail or the dashboard, and asks the server
// for what the first screen needs while the rest is still on its way. What it finds lies in window.boot.
(() => {
  const root = document.documentElement;
  const { main, style, chunks } = document.currentScript.dataset;
  const add = (tag, attributes) => document.head.append(Object.assign(document.createElement(tag), attributes));
  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key)) || {};
    } catch {
      return {};
    }
  };
  const { theme, density } = read("holdall_prefs");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = theme === "dark" || (theme !== "light" && dark) ? "dark" : "light";
  root.dataset.density = density || "normal";

  if (/^#\/(auth|setup|pbinstall)\//.test(location.hash)) {
    add("link", { rel: "stylesheet", href: "./landing.css" });
    add("script", { src: "./landing.js", defer: true });
    return;
  }
  addEventListener("hashchange", () => /^#\/(auth|setup|pbinstall)\//.test(location.hash) && location.reload());
  if (main) {
    add("link", { rel: "stylesheet", href: style });
    for (const href of chunks.split(" ").filter(Boolean)) add("link", { rel: "modulepreload", href });
    add("script", { type: "module", src: main });
  }
  const api = new URL("..", location.href.split("#")[0]).href;
  const asked = {};
  window.boot = { api, asked };
  const { token } = read("pocketbase_auth");
  if (!token) return;
  const ask = (path) => (asked[path] = fetch(api + path, { headers: { Authorization: token } })).catch(() => {});
  ask("api/dashboard/bootstrap");
  const name = /^#\/c\/([^/?]+)(\?|$)/.exec(location.hash);
  if (name) ask("api/collections/" + name[1]);
})();
