import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/**
 * Leaves it to boot.js what a page loads: the pages that mails lead to must not load the dashboard. The tags of the
 * bundle become attributes of the script element of boot.js.
 */
function bundleByBoot(): Plugin {
  return {
    name: "bundle-by-boot",
    apply: "build",
    enforce: "post",
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const main = /<script type="module"[^>]*src="([^"]+)"[^>]*><\/script>\s*/.exec(html)!;
        const style = /<link rel="stylesheet"[^>]*href="([^"]+)"[^>]*>\s*/.exec(html)!;
        const chunks = [...html.matchAll(/<link rel="modulepreload"[^>]*href="([^"]+)"[^>]*>\s*/g)];
        for (const tag of [main, style, ...chunks]) html = html.replace(tag[0], "");
        const data = `data-main="${main[1]}" data-style="${style[1]}" data-chunks="${chunks.map((c) => c[1]).join(" ")}"`;
        return html.replace(/<script([^>]*) src="\.\/boot\.js"/, `<script$1 src="./boot.js" ${data}`);
      },
    },
  };
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
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
  server: { proxy: { "/api": "http://127.0.0.1:8090" } },
});
