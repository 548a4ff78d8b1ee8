/** Reads a search key that may be absent. */
export const optional = (v: unknown): string | undefined => (typeof v === "string" && v !== "" ? v : undefined);

/** What the address of a grid says: filter, sort, view, layout, what a map shows, open record, its tab, the row on top. */
export interface GridSearch {
  q?: string;
  s?: string;
  v?: string;
  layout?: string;
  map?: string;
  r?: string;
  tab?: string;
  at?: string;
}

export function gridSearch(s: Record<string, unknown>): GridSearch {
  return { q: optional(s["q"]), s: optional(s["s"]), v: optional(s["v"]), layout: optional(s["layout"]), map: optional(s["map"]), r: optional(s["r"]), tab: optional(s["tab"]), at: optional(s["at"]) };
}

/** What the address of the playground says: collection, action, who asks, record. */
export interface PlaygroundSearch {
  c?: string;
  a?: string;
  as?: string;
  r?: string;
}

export function playgroundSearch(s: Record<string, unknown>): PlaygroundSearch {
  return { c: optional(s["c"]), a: optional(s["a"]), as: optional(s["as"]), r: optional(s["r"]) };
}

/** What the address of a collection's examples says: the language, who asks, and the knobs of the request. */
export interface SnippetSearch {
  lang?: string;
  as?: string;
  page?: string;
  perPage?: string;
  sort?: string;
  filter?: string;
  expand?: string;
  fields?: string;
}

export function snippetSearch(s: Record<string, unknown>): SnippetSearch {
  return { lang: optional(s["lang"]), as: optional(s["as"]), page: optional(s["page"]), perPage: optional(s["perPage"]), sort: optional(s["sort"]), filter: optional(s["filter"]), expand: optional(s["expand"]), fields: optional(s["fields"]) };
}
