import type { Collection } from "@/lib/collections";
import { bodyOfChange, bodyOfNew, type Known } from "@/parts/snippets/values";

export type Slug = "list" | "view" | "create" | "update" | "delete" | "subscribe" | "sign-in";

/** What can be chosen of a request; it stands in the address of the page under the same names. */
export interface Knobs {
  page?: string;
  perPage?: string;
  sort?: string;
  filter?: string;
  expand?: string;
  fields?: string;
}

export interface Action {
  slug: Slug;
  name: string;
  rule: "listRule" | "viewRule" | "createRule" | "updateRule" | "deleteRule" | "authRule";
  knobs: (keyof Knobs)[];
  /** It is about a record that is there. */
  needsRecord?: boolean;
}

const actions: Action[] = [
  { slug: "list", name: "List", rule: "listRule", knobs: ["page", "perPage", "sort", "filter", "expand", "fields"] },
  { slug: "view", name: "View", rule: "viewRule", knobs: ["expand", "fields"], needsRecord: true },
  { slug: "create", name: "Create", rule: "createRule", knobs: ["expand", "fields"] },
  { slug: "update", name: "Update", rule: "updateRule", knobs: ["expand", "fields"], needsRecord: true },
  { slug: "delete", name: "Delete", rule: "deleteRule", knobs: [], needsRecord: true },
  { slug: "subscribe", name: "Subscribe", rule: "listRule", knobs: ["filter", "expand", "fields"] },
  { slug: "sign-in", name: "Sign in", rule: "authRule", knobs: ["expand", "fields"], needsRecord: true },
];

/** What the API does with a collection: views are only read, and only accounts sign in. */
export function actionsOf(c: Collection): Action[] {
  if (c.type === "view") return actions.slice(0, 2);
  return c.type === "auth" ? actions : actions.filter((a) => a.slug !== "sign-in");
}

/** One request as it goes over the wire. */
export interface Request {
  slug: Slug;
  collection: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the address of the server. */
  path: string;
  query: [string, string][];
  id?: string;
  body?: Record<string, unknown>;
  /** Who signs in, or as whom it is asked. */
  identity?: string;
  as?: Known["as"];
}

/** What the knobs of an action say, in the order in which it has them; a list always has its page. */
function queryOf(a: Action, k: Knobs): [string, string][] {
  const all = a.slug === "list" ? { ...k, page: k.page || "1", perPage: k.perPage || "30" } : k;
  return a.knobs.flatMap((name): [string, string][] => (all[name] ? [[name, all[name]!]] : []));
}

export function requestOf(c: Collection, a: Action, knobs: Knobs, known: Known): Request {
  const own = `/api/collections/${encodeURIComponent(c.name)}`;
  const record = `${own}/records/${encodeURIComponent(known.record?.id ?? "")}`;
  const same = { slug: a.slug, collection: c.name, query: queryOf(a, knobs), as: known.as };
  switch (a.slug) {
    case "list":
      return { ...same, method: "GET", path: `${own}/records` };
    case "view":
      return { ...same, method: "GET", path: record, id: known.record?.id };
    case "create":
      return { ...same, method: "POST", path: `${own}/records`, body: bodyOfNew(c, known) };
    case "update":
      return { ...same, method: "PATCH", path: record, id: known.record?.id, body: bodyOfChange(c, known) };
    case "delete":
      return { ...same, method: "DELETE", path: record, id: known.record?.id };
    case "subscribe":
      return { ...same, method: "GET", path: "/api/realtime" };
    case "sign-in":
      return { ...same, method: "POST", path: `${own}/auth-with-password`, as: undefined, identity: identityOf(c, known.record) };
  }
}

/** What an account of a collection signs in with besides its password. */
export function identityOf(c: Collection, record?: Record<string, unknown>): string {
  const names = (c["passwordAuth"] as { identityFields?: string[] } | undefined)?.identityFields ?? ["email"];
  return String(names.map((n) => record?.[n]).find(Boolean) ?? "");
}

/** A query as it stands in an address. */
export const queryText = (query: [string, string][]): string => (query.length ? "?" + query.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join("&") : "");
