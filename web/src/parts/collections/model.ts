import type { Collection, FieldDef } from "@/lib/collections";
import { changesOf, draftOf, type Changes } from "@/parts/schema/model";

/** A collection as a file has it: whatever is left out stays as it is. */
export type Wanted = Partial<Collection> & { name: string };

/** What an import makes of one collection. */
export type Step =
  | { kind: "new"; name: string; wanted: Wanted }
  | { kind: "changed"; name: string; now: Collection; changes: Changes; options: string[]; wanted: Wanted }
  | { kind: "same"; name: string; now: Collection }
  | { kind: "dropped"; name: string; now: Collection };

/** Reads a list of collections, or an object that has one. Errors are sentences. */
export function readCollections(text: string): Wanted[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (err) {
    throw new Error(`This is no JSON: ${err instanceof Error ? err.message : String(err)}`);
  }
  const list = Array.isArray(parsed) ? parsed : ((parsed as { collections?: unknown })?.collections ?? [parsed]);
  if (!Array.isArray(list) || !list.length) throw new Error("There is no collection in it.");
  const odd = list.findIndex((c) => !c || typeof c !== "object" || typeof (c as Wanted).name !== "string" || !(c as Wanted).name);
  if (odd >= 0) throw new Error(`Entry ${odd + 1} has no name: it is no collection.`);
  return list as Wanted[];
}

const canonical = (v: unknown): string =>
  JSON.stringify(v, (_, x: unknown) => (x && typeof x === "object" && !Array.isArray(x) ? Object.fromEntries(Object.entries(x).toSorted(([a], [b]) => (a < b ? -1 : 1))) : x));

/** Keys that say nothing of what a collection is, or that are compared by their parts. */
const aside = new Set(["id", "created", "updated", "fields", "name"]);

/** The options of a collection that the file has otherwise. What it does not name stays as it is. */
function optionsOf(now: Collection, wanted: Wanted): string[] {
  return Object.keys(wanted).filter((k) => !aside.has(k) && k !== "system" && differs(now[k], wanted[k]));
}

/** Whether wanted changes what is there: objects count by the keys they have, since secrets are never exported. */
function differs(now: unknown, wanted: unknown): boolean {
  if (wanted && typeof wanted === "object" && !Array.isArray(wanted) && now && typeof now === "object")
    return Object.entries(wanted).some(([k, v]) => differs((now as Record<string, unknown>)[k], v));
  return canonical(now ?? null) !== canonical(wanted ?? null);
}

/**
 * The fields as the import would leave them: the file's, found again by id or by name; those that the file leaves out are
 * dropped only when missing things are, and system fields never.
 */
function drafted(now: Collection, wanted: Wanted, dropMissing: boolean) {
  const d = draftOf(now);
  if (!wanted.fields) return d;
  const found = new Set<FieldDef>();
  const fields = wanted.fields.map((def) => {
    const was = now.fields.find((f) => def.id && f.id === def.id) ?? now.fields.find((f) => f.name === def.name && !found.has(f));
    if (was) found.add(was);
    return { key: was?.id ?? def.name, def: { ...was, ...def, id: was?.id ?? def.id }, was };
  });
  const left = now.fields.filter((f) => !found.has(f)).map((f) => ({ key: f.id, def: f, was: f, dropped: dropMissing && !f.system }));
  return { ...d, name: wanted.name, fields: [...fields, ...left], indexes: wanted.indexes ?? d.indexes, viewQuery: wanted.viewQuery ?? d.viewQuery };
}

/** What an import of wanted does to what is there now. */
export function review(now: Collection[], wanted: Wanted[], dropMissing: boolean): Step[] {
  const seen = new Set<string>();
  const steps = wanted.map((w): Step => {
    const there = now.find((c) => w.id && c.id === w.id) ?? now.find((c) => c.name.toLowerCase() === w.name.toLowerCase());
    if (!there) return { kind: "new", name: w.name, wanted: w };
    seen.add(there.id);
    const changes = changesOf(there, drafted(there, w, dropMissing));
    changes.changed = there.fields.filter((f) => changes.changed.includes(f.name) || changes.renamed.some(([from]) => from === f.name)).filter((f) => changedField(f, w)).map((f) => f.name);
    const options = optionsOf(there, w);
    const any = options.length || changes.added.length || changes.dropped.length || changes.renamed.length || changes.retyped.length || changes.changed.length || w.name !== there.name;
    return any ? { kind: "changed", name: there.name, now: there, changes, options, wanted: w } : { kind: "same", name: there.name, now: there };
  });
  const gone = dropMissing ? now.filter((c) => !c.system && !seen.has(c.id)).map((c): Step => ({ kind: "dropped", name: c.name, now: c })) : [];
  return [...steps, ...gone];
}

function changedField(f: FieldDef, w: Wanted): boolean {
  const def = w.fields?.find((d) => d.id === f.id) ?? w.fields?.find((d) => d.name === f.name);
  return !!def && Object.entries(def).some(([k, v]) => k !== "name" && k !== "id" && differs(f[k], v));
}
