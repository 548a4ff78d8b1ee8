import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/**
 * Leaves it to boot.js what a page loads: the pages that mails lead to must not load the dashboard, and who is not
 * signed in needs its sign-in page alone. The names of what there is to load become attributes of boot.js's element.
 */
function bundleByBoot(): Plugin {
  return {
    name: "bundle-by-boot",
    apply: "build",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const chunks = Object.values(bundle!).filter((c) => c.type === "chunk");
        const find = (module: string) => chunks.find((c) => c.moduleIds.some((id) => id.endsWith(module)))!;
        /** A chunk, and all that it cannot run without. */
        const whole = (c: (typeof chunks)[number], seen = new Set<string>()): Set<string> => {
          if (seen.has(c.fileName)) return seen;
          seen.add(c.fileName);
          for (const name of c.imports) whole(chunks.find((d) => d.fileName === name)!, seen);
          return seen;
        };
        const list = (names: Iterable<string>) => [...names].map((n) => "./" + n).join(" ");
        const style = Object.keys(bundle!).find((name) => name.endsWith(".css"))!;
        const data = {
          style: "./" + style,
          main: list(whole(find("/src/main.tsx"))),
          guest: list(whole(find("/src/guest.tsx"))),
          records: list([...whole(find("/src/pages/grid.tsx"))].filter((n) => !whole(find("/src/main.tsx")).has(n))),
        };
        html = html.replace(/<script type="module"[^>]*><\/script>\s*|<link rel="(modulepreload|stylesheet)"[^>]*>\s*/g, "");
        return html.replace(/<script([^>]*) src="\.\/boot\.js"/, (tag) => tag + Object.entries(data).map(([k, v]) => ` data-${k}="${v}"`).join(""));
      },
    },
  };
}

const screens = { guest: "/src/guest.tsx", shell: "/src/main.tsx", grid: "/src/pages/grid.tsx" };

/**
 * Puts what a first screen needs into as few files as can be: browsers ask for six at a time, and what the server is
 * asked for meanwhile has to wait. Each of the screens above is one file with what those before it do not have. What
 * begins a page stays on its own: it would begin with every other page that shares its file.
 */
function firstScreens(id: string, graph: { getModuleInfo(id: string): { importedIds: readonly string[] } | null }): string | null {
  const reaches = (from: string, seen = new Set<string>()): boolean => {
    if (from === id) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (graph.getModuleInfo(from)?.importedIds ?? []).some((next) => reaches(next, seen));
  };
  const here = fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "");
  if (id === here + screens.guest || id === here + screens.shell) return null;
  return Object.entries(screens).find(([, root]) => reaches(here + root))?.[0] ?? null;
}

// The base is relative, so that the dashboard works below whatever path a proxy puts it.
export default defineConfig({
  base: "./",
  html: { cspNonce: "NONCE" },
  plugins: [react(), tailwind(), bundleByBoot()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    license: { fileName: "licences.txt" },
    cssCodeSplit: false,
    rolldownOptions: {
      input: ["index.html", "src/guest.tsx"],
      output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: firstScreens, debugName: "first screens" }] } },
    },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
  server: { proxy: { "/api": "http://127.0.0.1:8090" } },
});
