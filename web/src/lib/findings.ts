import type { Collection } from "@/lib/collections";
import { get } from "@/lib/pb";

/** Something about access that deserves a look. The server finds it, for `holdall access` too. */
export interface Finding {
  level: "danger" | "warning";
  /** Empty when it is about the whole server. */
  collection: string;
  /** A rule, or a part of how accounts sign in. */
  action: "list" | "view" | "create" | "update" | "delete" | "methods" | "tokens";
  text: string;
}

export const findingsQuery = { queryKey: ["findings"], queryFn: () => get<{ findings: Finding[] }>("api/dashboard/access").then((a) => a.findings) };

const keys = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule", "authRule", "manageRule"] as const;

/** The table of who may do what, for reviews. */
export function asMarkdown(all: Collection[]): string {
  const cell = (rule: unknown) => (rule === null || rule === undefined ? "locked" : rule === "" ? "**everyone**" : `\`${String(rule).replaceAll("|", "\\|").replace(/\s+/g, " ")}\``);
  const rows = all.map((c) => `| ${c.name} | ${keys.slice(0, c.type === "auth" ? 7 : 5).map((k) => (c.type === "view" && !["listRule", "viewRule"].includes(k) ? "" : cell(c[k]))).join(" | ")}${c.type === "auth" ? "" : " | | "} |`);
  return ["| collection | list | view | create | update | delete | sign in | manage |", "|---|---|---|---|---|---|---|---|", ...rows].join("\n") + "\n";
}

export const asJSON = (all: Collection[]): string => JSON.stringify(Object.fromEntries(all.map((c) => [c.name, Object.fromEntries(keys.filter((k) => k in c).map((k) => [k, c[k]]))])), null, 2);
