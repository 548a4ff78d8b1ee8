import type { Collection, CollectionMark } from "@/lib/collections";
import { pb } from "@/lib/pb";
import { prefs } from "@/lib/prefs";
import type { Found } from "@/lib/recent";
import { everySetting } from "@/parts/settings/table";

const isId = /^[a-z0-9_]{15}$/i;
const isMail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Whether a record can be looked for by a text: an id, or an e-mail of an account. */
export const namesRecord = (text: string): boolean => isId.test(text) || isMail.test(text);

/** Looks for a record by id in all collections, or by e-mail in those with accounts. */
export async function findRecord(collections: CollectionMark[], text: string): Promise<Found[]> {
  const mail = isMail.test(text);
  const where = collections.filter((c) => (mail ? c.type === "auth" : c.type !== "view"));
  const filter = pb.filter(mail ? "email = {:v}" : "id = {:v}", { v: text });
  const ask = (c: CollectionMark) => pb.collection(c.name).getList(1, 3, { filter, skipTotal: true, fields: "id" });
  const found = await Promise.allSettled(where.map(ask));
  return found.flatMap((f, i) => (f.status === "fulfilled" ? f.value.items.map((r) => ({ in: where[i]!.name, id: r.id })) : []));
}

/** Whether all words that are sought stand in a text, in any order. */
export const has = (text: string, sought: string): boolean => {
  const low = text.toLowerCase();
  return sought.toLowerCase().split(/\s+/).every((word) => low.includes(word));
};

/** What has some letters in its name; what begins with them comes first, the shortest name before all. */
export function named<T extends { name: string }>(all: T[], letters: string): T[] {
  const sought = letters.toLowerCase();
  if (!sought) return all;
  const at = (x: T) => x.name.toLowerCase().indexOf(sought);
  return all.filter((x) => at(x) >= 0).toSorted((a, b) => Number(at(a) > 0) - Number(at(b) > 0) || a.name.length - b.name.length);
}

/** The fields of all collections. */
export const fieldsOf = (all: Collection[]) => all.flatMap((c) => c.fields.map((f) => ({ name: f.name, type: f.type, in: c.name })));

/** The settings that are called so, or stand where it is called so, and the address that leads to each. */
export const settingsCalled = (sought: string) =>
  everySetting
    .filter(({ page, group, setting }) => has(`${setting.label} ${setting.path} ${group.name} ${page.name}`, sought))
    .map(({ page, group, setting }) => ({ path: setting.path, name: setting.label, note: `${page.name}, ${group.name}`, to: `/settings/${page.slug}?setting=${setting.path}` }));

/** What people ask, and the screen that answers it. Those about one collection are about the one that was open last. */
export function helpOf(collections: CollectionMark[]): { name: string; to?: string; action?: string }[] {
  const own = collections.filter((c) => !c.system && c.type !== "view");
  const c = own.find((x) => x.name === prefs().last) ?? own[0];
  const accounts = c?.type === "auth" ? c : own.find((x) => x.type === "auth");
  return [
    { name: "Which keys there are, and how they are changed", action: "sheet" },
    { name: "The first steps", action: "steps" },
    { name: "Who may read and write what", to: "/access" },
    { name: "Why a rule lets somebody by, or does not", to: "/playground" },
    { name: "How collections point to each other", to: "/diagram" },
    ...(c ? [{ name: "How the API is called from JavaScript, Dart and curl", to: `/c/${c.name}/api/list` }, { name: "How records come in from CSV and JSON", to: `/c/${c.name}/import` }] : []),
    ...(accounts ? [{ name: "How people sign in", to: `/c/${accounts.name}/auth/methods` }] : []),
    { name: "How collections move to another server", to: "/settings/collections" },
    { name: "Where the name and the address of the app are set", to: "/settings/application" },
  ];
}
