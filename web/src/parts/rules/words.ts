import type { Collection } from "@/lib/collections";

/** One thing that a rule of a collection decides. */
export interface RuleAction {
  key: "listRule" | "viewRule" | "createRule" | "updateRule" | "deleteRule" | "authRule" | "manageRule";
  slug: string;
  name: string;
  help: string;
  /** Everyone may change data when it is open. */
  writes?: boolean;
  /** What nothing means: for the rule of sign-in it is "nobody". */
  locked: string;
}

const all: RuleAction[] = [
  { key: "listRule", slug: "list", name: "List and search", help: "Records that do not pass are left out.", locked: "Superusers only" },
  { key: "viewRule", slug: "view", name: "View one", help: "Records that do not pass are not found. Protected files ask this rule too.", locked: "Superusers only" },
  { key: "createRule", slug: "create", name: "Create", help: "Asked of the record as it would be.", writes: true, locked: "Superusers only" },
  { key: "updateRule", slug: "update", name: "Update", help: "Asked of the record as it is; @request.body is what shall become of it.", writes: true, locked: "Superusers only" },
  { key: "deleteRule", slug: "delete", name: "Delete", help: "Asked of the record as it is.", writes: true, locked: "Superusers only" },
];
const ofAccounts: RuleAction[] = [
  { key: "authRule", slug: "auth", name: "Sign in", help: "Asked of the account after it has proven who it is. Everyone: whoever proves it may.", locked: "Nobody" },
  { key: "manageRule", slug: "manage", name: "Manage others", help: "Who may change e-mails and passwords of accounts without knowing them.", locked: "Superusers only" },
];

export function actionsOf(c: Collection): RuleAction[] {
  if (c.type === "view") return all.slice(0, 2);
  return c.type === "auth" ? [...all, ...ofAccounts] : all;
}

/** Names that a rule of the collection may begin with. */
export function ruleNames(c: Collection, auth: string[]): string[] {
  const own = c.fields.filter((f) => f.type !== "password").map((f) => f.name);
  return [
    ...own,
    "@request.auth.id",
    "@request.auth.collectionName",
    ...auth.map((f) => `@request.auth.${f}`),
    ...own.map((f) => `@request.body.${f}`),
    "@request.method",
    "@request.context",
    "@request.query.",
    "@request.headers.",
    "@collection.",
    "@now",
    "@todayStart",
    "@todayEnd",
    "@yesterday",
    "@tomorrow",
    "@monthStart",
    "@monthEnd",
    "@yearStart",
    "@yearEnd",
  ];
}

/** Rules that many applications begin with, for the fields that this collection has. */
export function templates(c: Collection): { name: string; rule: string }[] {
  const owner = c.fields.find((f) => f.type === "relation" && /owner|author|user|creator/i.test(f.name));
  const members = c.fields.find((f) => f.type === "relation" && Number(f["maxSelect"]) > 1);
  const flag = c.fields.find((f) => f.type === "bool" && /publi|visible|active/i.test(f.name));
  return [
    { name: "Signed in", rule: '@request.auth.id != ""' },
    ...(owner ? [{ name: "Its owner", rule: `${owner.name} = @request.auth.id && @request.auth.id != ""` }] : []),
    ...(members ? [{ name: "One of its members", rule: `${members.name} ?= @request.auth.id && @request.auth.id != ""` }] : []),
    ...(flag ? [{ name: "Published", rule: `${flag.name} = true` }] : []),
    { name: "By role", rule: '@request.auth.role = "admin"' },
    ...(c.type === "auth" ? [{ name: "The account itself", rule: "id = @request.auth.id" }] : []),
  ];
}

/** Traps in which rules are caught, said in words. */
export function lint(c: Collection, action: RuleAction, rule: string): string[] {
  const notes: string[] = [];
  for (const m of rule.matchAll(/([A-Za-z_]\w*)\s*(!?=)\s*@request\.auth\.id/g))
    if (m[2] === "=" && !/@request\.auth\.id\s*!=\s*(""|'')/.test(rule)) notes.push(`A guest's id is empty: records whose ${m[1]} is empty pass for guests. Add @request.auth.id != "".`);
  for (const f of c.fields.filter((g) => Number(g["maxSelect"] ?? 1) > 1))
    if (new RegExp(`(^|[^\\w.])${f.name}\\s*(=|!=|~)`).test(rule)) notes.push(`${f.name} holds several values: “=” asks all of them, “?=” any of them.`);
  if (/(^|[^=!<>~?])=\s*(null|"")/.test(rule)) notes.push("Nothing, null and an empty text are equal here.");
  if (action.key === "listRule" && c.viewRule === "" && rule !== "") notes.push("Viewing is open to everyone: who knows an id can read what this rule leaves out of lists.");
  if (action.key === "createRule" && /\w+_via_\w+/.test(rule)) notes.push("A record that is not there yet has nothing that points back to it.");
  return notes;
}
