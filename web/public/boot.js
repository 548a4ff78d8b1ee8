// Runs before anything is painted: it sets the theme, loads the page of a mail or the dashboard, and asks the server
// for what the first screen needs while the rest is still on its way. What it finds lies in window.boot.
(() => {
  const root = document.documentElement;
  const { main, guest, records, style } = document.currentScript.dataset;
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
  const { token } = read("pocketbase_auth");
  const name = /^#\/c\/([^/?]+)(\?|$)/.exec(location.hash);
  const api = new URL("..", location.href.split("#")[0]).href;
  const asked = {};
  window.boot = { api, asked };
  // The API is asked first: browsers open six connections, and files can take all of them.
  if (token) ask();
  if (main) load();

  function load() {
    const [entry, ...chunks] = (token ? main : guest).split(" ");
    add("link", { rel: "stylesheet", href: style });
    add("script", { type: "module", src: entry });
    for (const href of token && name ? [...chunks, ...records.split(" ")] : chunks) add("link", { rel: "modulepreload", href });
  }

  function ask() {
    const get = (path) => fetch(api + path, { headers: { Authorization: token, "X-Dashboard": "1" } });
    const keep = (key, answer) => (asked[key] = answer).catch(() => {});
    keep("api/dashboard/bootstrap", get("api/dashboard/bootstrap"));
    if (!name) return;
    const collection = "api/collections/" + name[1];
    keep(collection, get(collection));
    // The first rows of a grid that is not filtered and not sorted, as src/lib/rows.ts asks for them. Which relations
    // they bring along is not known before the collection is, nor whether another view of it is shown first.
    if (name[2]) return;
    const about = [asked["api/dashboard/bootstrap"], asked[collection]];
    const rows = Promise.all(about).then(async (answers) => {
      const [{ first }, { id, fields }] = await Promise.all(answers.map((answer) => answer.clone().json()));
      const { q, s } = first[id]?.options ?? {};
      if (q || s) return new Response(null, { status: 404 });
      const expand = fields.filter((f) => f.type === "relation").map((f) => f.name);
      const query = new URLSearchParams({ page: "1", perPage: "100", skipTotal: "1", ...(expand.length && { expand }) });
      return get(`${collection}/records?${query}`);
    });
    keep("rows " + name[1], rows);
  }
})();
