import { queryOptions } from "@tanstack/react-query";
import type { Environment } from "@/lib/environment";
import { get, pb } from "@/lib/pb";
import type { View } from "@/lib/views";

/** A field as the API describes it: its options stand beside its name, see docs/reference/fields. */
export interface FieldDef {
  id: string;
  name: string;
  type: string;
  system?: boolean;
  hidden?: boolean;
  presentable?: boolean;
  required?: boolean;
  help?: string;
  [option: string]: unknown;
}

export interface Collection {
  id: string;
  name: string;
  type: "base" | "auth" | "view";
  system: boolean;
  created: string;
  updated: string;
  fields: FieldDef[];
  indexes: string[];
  listRule: string | null;
  viewRule: string | null;
  createRule: string | null;
  updateRule: string | null;
  deleteRule: string | null;
  authRule?: string | null;
  manageRule?: string | null;
  viewQuery?: string;
  [option: string]: unknown;
}

/** Who may do one thing to the records of a collection: superusers, everybody, or whom a rule lets. */
export type Access = "superusers" | "everyone" | "rule";

/** A collection as the rail and the palette know it. */
export interface CollectionMark {
  id: string;
  name: string;
  type: Collection["type"];
  system: boolean;
  access: Record<"list" | "view" | "create" | "update" | "delete", Access>;
}

export interface Bootstrap {
  version: string;
  engine: "sqlite" | "postgres";
  environment: Environment;
  /** What this server has that another one may not have. */
  can: { sql: boolean };
  meta: { appName: string; appURL: string; hideControls: boolean; accentColor?: string };
  collections: CollectionMark[];
  /** The view that is shown first of a collection, by its id. */
  first: Record<string, View>;
}

export const bootstrapQuery = queryOptions({
  queryKey: ["bootstrap"],
  queryFn: () => get<Bootstrap>("api/dashboard/bootstrap"),
  staleTime: 60_000,
});

/** A collection with its whole definition, by name or id. */
export const collectionQuery = (name: string) =>
  queryOptions({
    queryKey: ["collection", name],
    queryFn: () => get<Collection>(`api/collections/${encodeURIComponent(name)}`),
    staleTime: 30_000,
  });

/** All collections with their whole definitions. */
export const collectionsQuery = queryOptions({ queryKey: ["collections"], queryFn: () => pb.collections.getFullList() as unknown as Promise<Collection[]> });

export const accessOf = (rule: string | null | undefined): Access => (rule === null || rule === undefined ? "superusers" : rule === "" ? "everyone" : "rule");

export const accessWords: Record<Access, string> = { superusers: "superusers only", everyone: "everyone", rule: "by rule" };

/** The fields that name a record where a link to it is shown. */
export function presentable(c: Collection): string[] {
  const chosen = c.fields.filter((f) => f.presentable && !f.hidden).map((f) => f.name);
  if (chosen.length) return chosen;
  const known = ["title", "name", "label", "slug", "username", "email", "subject", "summary"];
  const found = known.find((k) => c.fields.some((f) => f.name === k && f.type !== "file"));
  return [found ?? "id"];
}

/** The same as fields. */
export const nameFields = (c: Collection): FieldDef[] => c.fields.filter((f) => presentable(c).includes(f.name));

/** A record's short name by those fields. */
export function nameOf(c: Collection | undefined, record: Record<string, unknown>): string {
  const words = c ? presentable(c).map((f) => record[f]).filter((v) => v !== "" && v !== undefined && v !== null) : [];
  return words.map((w) => (typeof w === "object" ? JSON.stringify(w) : String(w))).join(" ") || String(record["id"] ?? "");
}
