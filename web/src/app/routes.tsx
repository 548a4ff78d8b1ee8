import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { Broken } from "@/app/broken";
import { Frame } from "@/app/frame";
import { NotFound } from "@/app/notfound";
import { gridSearch, optional, playgroundSearch, snippetSearch } from "@/app/search";
import { prefs } from "@/lib/prefs";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, errorComponent: Broken });

/** A page that is loaded when it is first asked for. Its title is what its head says, before the name of the collection that it is about. */
function page<const P extends string, S extends object = object>(path: P, title: string, load: () => Promise<{ Page: () => React.ReactNode }>, validateSearch?: (s: Record<string, unknown>) => S) {
  return createRoute({ getParentRoute: () => root, path, staticData: { title }, validateSearch: validateSearch ?? ((): S => ({}) as S), component: lazyRouteComponent(load, "Page") });
}

/** An address that leads to another one. */
function moved<const P extends string>(path: P, to: (search: Record<string, string>, params: Record<string, string>) => string) {
  return createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: (s: Record<string, unknown>) => s,
    beforeLoad: ({ search, params }) => {
      throw redirect({ href: to(search as Record<string, string>, params as Record<string, string>), replace: true });
    },
  });
}

/** The link of PocketBase's dashboard to a collection, as ours. */
function fromPocketBase(s: Record<string, string>): string {
  const name = s["collection"] ?? s["collectionId"];
  if (!name) return "/";
  const keep = { q: s["filter"], s: s["sort"], r: s["recordId"] ?? s["record"] };
  const query = new URLSearchParams(Object.entries(keep).filter((e): e is [string, string] => !!e[1]));
  return `/c/${encodeURIComponent(name)}${query.size ? `?${query}` : ""}`;
}

/** Every screen, one line each. A screen is a file in pages/ and a line here. */
const screens = root.addChildren([
  moved("/", () => (prefs().last ? `/c/${prefs().last}` : "/start")),
  page("/login", "Sign in", () => import("@/pages/login")),
  page("/start", "Start", () => import("@/pages/start")),
  page("/c/$name", "", () => import("@/pages/grid"), gridSearch),
  page("/c/$name/schema", "Fields of", () => import("@/pages/schema"), (s): { field?: string } => ({ field: optional(s["field"]) })),
  page("/c/$name/rules/$action", "Rules of", () => import("@/pages/rules")),
  page("/c/$name/auth/$section", "Sign-in of", () => import("@/pages/auth")),
  moved("/c/$name/api", (_, { name }) => `/c/${encodeURIComponent(name!)}/api/list`),
  page("/c/$name/api/$action", "API of", () => import("@/pages/snippets"), snippetSearch),
  page("/c/$name/import", "Import into", () => import("@/pages/import")),
  page("/new", "New collection", () => import("@/pages/new"), (s) => ({ from: optional(s["from"]) })),
  page("/playground", "Playground", () => import("@/pages/playground"), playgroundSearch),
  page("/access", "Access", () => import("@/pages/access")),
  page("/diagram", "Diagram", () => import("@/pages/diagram"), (s) => ({ c: optional(s["c"]), layout: optional(s["layout"]) })),
  page("/components", "Components", () => import("@/pages/components")),
  page("/sql", "SQL", () => import("@/pages/sql")),
  page("/realtime", "Realtime", () => import("@/pages/realtime")),
  page("/settings/collections", "Collections", () => import("@/pages/collections")),
  page("/settings/$page", "Settings", () => import("@/pages/settings"), (s): { setting?: string } => ({ setting: optional(s["setting"]) })),

  moved("/settings", () => "/settings/application"),
  moved("/collections", fromPocketBase),
]);

export const router = createRouter({
  routeTree: screens,
  history: createHashHistory(),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  // Search keys are plain texts: "?q=a>1" and not JSON in quotes.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const query = new URLSearchParams(Object.entries(search as Record<string, unknown>).filter(([, v]) => v !== undefined && v !== "").map(([k, v]) => [k, String(v)]));
    return query.size ? `?${query}` : "";
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    title?: string;
  }
}

