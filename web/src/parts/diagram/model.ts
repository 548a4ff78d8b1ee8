import type { Collection } from "@/lib/collections";

/** A field as a box shows it. */
export interface Line {
  name: string;
  type: string;
  /** It points to other records. */
  to?: string;
}

/** A collection as the diagram shows it. */
export interface Box {
  id: string;
  name: string;
  type: Collection["type"];
  lines: Line[];
}

/** How many records stand at one end of a relation. */
export type Ends = "1" | "0..1" | "1..n" | "0..n";

/** A relation: a field of one collection that points to records of another, or of the same. */
export interface Edge {
  from: string;
  field: string;
  to: string;
  /** How many records point to one, and to how many one points. */
  many: [Ends, Ends];
  /** Records go with the one they point to. */
  cascade: boolean;
}

export interface Graph {
  boxes: Box[];
  edges: Edge[];
}

const single = (index: string, field: string) => new RegExp(`^\\s*create\\s+unique\\s+index[^(]*\\(\\s*[\`"[]?${field}[\`"\\]]?\\s*\\)\\s*$`, "i").test(index);

/** What there is to draw. System collections are left out unless they are asked for. */
export function graphOf(collections: Collection[], system: boolean): Graph {
  const shown = collections.filter((c) => system || !c.system);
  const ids = new Set(shown.map((c) => c.id));
  const edges = shown.flatMap((c) =>
    c.fields
      .filter((f) => f.type === "relation" && ids.has(String(f["collectionId"])))
      .map((f): Edge => ({
        from: c.id,
        field: f.name,
        to: String(f["collectionId"]),
        many: [c.indexes.some((i) => single(i, f.name)) ? "0..1" : "0..n", Number(f["maxSelect"] ?? 1) > 1 ? (f.required ? "1..n" : "0..n") : f.required ? "1" : "0..1"],
        cascade: !!f["cascadeDelete"],
      })),
  );
  const boxes = shown.map((c): Box => ({ id: c.id, name: c.name, type: c.type, lines: c.fields.map((f) => ({ name: f.name, type: f.type, ...(f.type === "relation" && { to: String(f["collectionId"]) }) })) }));
  return { boxes, edges };
}

/** A collection, those it points to, and those that point to it. */
export function around(g: Graph, id: string): Graph {
  const near = new Set([id, ...g.edges.filter((e) => e.from === id || e.to === id).flatMap((e) => [e.from, e.to])]);
  return { boxes: g.boxes.filter((b) => near.has(b.id)), edges: g.edges.filter((e) => near.has(e.from) && near.has(e.to)) };
}

/** The boxes whose name, or the name of a field, holds some letters. */
export function found(g: Graph, text: string): Box[] {
  const sought = text.trim().toLowerCase();
  if (!sought) return [];
  const hits = (b: Box) => b.name.toLowerCase().includes(sought);
  return [...g.boxes.filter(hits), ...g.boxes.filter((b) => !hits(b) && b.lines.some((l) => l.name.toLowerCase().includes(sought)))];
}

const words: Record<Ends, string> = { "1": "exactly one", "0..1": "one or none", "1..n": "one or more", "0..n": "any number" };

/** A relation in words. */
export function edgeWords(e: Edge, name: (id: string) => string): string {
  return `${e.field} points to ${words[e.many[1]]} of ${name(e.to)}${e.many[0] === "0..1" ? ", each of another one" : ""}${e.cascade ? "; records are deleted with it" : ""}`;
}
