import { accessOf, type Collection } from "@/lib/collections";

/** Something about access that deserves a look. */
export interface Finding {
  grave: boolean;
  collection: string;
  slug: string;
  text: string;
}

const writes = [["createRule", "create"], ["updateRule", "update"], ["deleteRule", "delete"]] as const;

/** What is open or at odds with itself among the rules of all collections. */
export function findings(all: Collection[]): Finding[] {
  const out: Finding[] = [];
  for (const c of all) {
    for (const [key, slug] of writes)
      if (c.type !== "view" && c[key] === "" && !(c.type === "auth" && slug === "create")) out.push({ grave: true, collection: c.name, slug, text: `Everyone may ${slug} records without signing in.` });
    if (c.type === "auth" && c.createRule === "") out.push({ grave: false, collection: c.name, slug: "create", text: "Everyone may make an account." });
    if (accessOf(c.listRule) === "everyone" && accessOf(c.viewRule) === "superusers") out.push({ grave: false, collection: c.name, slug: "view", text: "Lists are open to everyone while viewing one is locked." });
    if (c.viewRule === "" && accessOf(c.listRule) === "rule") out.push({ grave: false, collection: c.name, slug: "view", text: "Lists ask a rule while viewing is open to whoever knows an id." });
    const hidden = c.fields.filter((f) => f.hidden && f.type !== "password").map((f) => f.name);
    for (const [key, slug] of [["listRule", "list"], ["viewRule", "view"]] as const)
      for (const name of hidden) if (c[key] && new RegExp(`(^|[^\\w.@])${name}($|[^\\w])`).test(c[key])) out.push({ grave: false, collection: c.name, slug, text: `The rule asks for ${name}, which is hidden: answers tell something of it.` });
    const days = Number((c["authToken"] as { duration?: number } | undefined)?.duration ?? 0) / 86_400;
    if (c.type === "auth" && days > 30) out.push({ grave: false, collection: c.name, slug: "auth", text: `Tokens live for ${Math.round(days)} days.` });
    if (c.name === "_superusers" && !(c["mfa"] as { enabled?: boolean } | undefined)?.enabled) out.push({ grave: false, collection: c.name, slug: "auth", text: "Superusers sign in without a second factor." });
  }
  return out.toSorted((a, b) => Number(b.grave) - Number(a.grave));
}

const keys = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule", "authRule", "manageRule"] as const;

/** The table of who may do what, for reviews. */
export function asMarkdown(all: Collection[]): string {
  const cell = (rule: unknown) => (rule === null || rule === undefined ? "locked" : rule === "" ? "**everyone**" : `\`${String(rule).replaceAll("|", "\\|").replace(/\s+/g, " ")}\``);
  const rows = all.map((c) => `| ${c.name} | ${keys.slice(0, c.type === "auth" ? 7 : 5).map((k) => (c.type === "view" && !["listRule", "viewRule"].includes(k) ? "" : cell(c[k]))).join(" | ")}${c.type === "auth" ? "" : " | | "} |`);
  return ["| collection | list | view | create | update | delete | sign in | manage |", "|---|---|---|---|---|---|---|---|", ...rows].join("\n") + "\n";
}

export const asJSON = (all: Collection[]): string => JSON.stringify(Object.fromEntries(all.map((c) => [c.name, Object.fromEntries(keys.filter((k) => k in c).map((k) => [k, c[k]]))])), null, 2);
