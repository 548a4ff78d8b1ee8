import { useMemo, useSyncExternalStore } from "react";
import type { Row } from "@/fields/kind";
import type { Collection } from "@/lib/collections";
import { useEditMode } from "@/lib/environment";
import { pb } from "@/lib/pb";
import { same } from "@/lib/same";
import type { Values, Write } from "@/lib/writes";

/** Changes that wait to be saved, by the id of their collection. They are of whoever made them, and live as long as the tab. */
type Waiting = Record<string, Write[]>;

const none: Write[] = [];
const listeners = new Set<() => void>();
const key = () => `holdall_staged_${pb.authStore.record?.id}`;
let read: string | undefined;
let waiting: Waiting = {};
let past: Waiting[] = [];
let future: Waiting[] = [];

function all(): Waiting {
  if (read === key()) return waiting;
  read = key();
  [past, future] = [[], []];
  waiting = JSON.parse(sessionStorage.getItem(read) ?? "{}") as Waiting;
  return waiting;
}

function show(next: Waiting): void {
  waiting = next;
  try {
    sessionStorage.setItem(key(), JSON.stringify(next));
  } catch {
    // What the browser has no room for is kept for this page alone.
  }
  for (const tell of listeners) tell();
}

function set(collection: string, list: Write[]): void {
  past = [...past.slice(-49), all()];
  future = [];
  show({ ...waiting, [collection]: list });
}

/** Lets changes wait. What was seen first is what saving compares; a value that is what was seen is no change any more. */
export function stage(collection: string, writes: Write[]): void {
  const list = all()[collection] ?? none;
  const byId = new Map(list.flatMap((w) => (w.id ? [[w.id, w] as const] : [])));
  for (const { id, values, seen } of writes.filter((w) => w.id)) {
    const before = byId.get(id!);
    byId.set(id!, changed({ id, values: { ...before?.values, ...values }, seen: { ...seen, ...before?.seen } }));
  }
  const made = [...list, ...writes].filter((w) => !w.id);
  set(collection, [...[...byId.values()].filter((w) => Object.keys(w.values).length), ...made]);
}

function changed({ id, values, seen }: Write): Write {
  const names = Object.keys(values).filter((name) => !same(values[name], seen![name]));
  const of = (from: Values) => Object.fromEntries(names.map((name) => [name, from[name]]));
  return { id, values: of(values), seen: of(seen!) };
}

/** Lets one field of a change go; of a new record, all of it. */
export function unstage(collection: string, write: Write, field: string): void {
  if (write.id) stage(collection, [{ id: write.id, values: { [field]: write.seen![field] }, seen: {} }]);
  else set(collection, all()[collection]!.filter((w) => w !== write));
}

/** Lets all changes of some records go, or of all. */
export const discard = (collection: string, ids?: string[]): void => set(collection, (all()[collection] ?? none).filter((w) => ids && !(w.id && ids.includes(w.id))));

/** Takes what somebody else has made of records for seen, and returns what is then to be saved. */
export function accept(collection: string, now: Row[]): Write[] {
  const seen = new Map(now.map((r) => [r.id, r]));
  const see = (w: Write, row: Row | undefined) => (row ? changed({ ...w, seen: Object.fromEntries(Object.keys(w.values).map((name) => [name, row[name]])) }) : w);
  set(collection, (all()[collection] ?? none).map((w) => see(w, seen.get(w.id ?? ""))).filter((w) => Object.keys(w.values).length));
  return waiting[collection]!;
}

/** Forgets changes that were saved: they are taken back by writing, as other writes are. */
export function settle(collection: string, saved: Write[]): void {
  const gone = new Set(saved);
  [past, future] = [[], []];
  show({ ...all(), [collection]: (all()[collection] ?? none).filter((w) => !gone.has(w)) });
}

function step(from: Waiting[], to: Waiting[]): boolean {
  const next = from.pop();
  if (!next) return false;
  to.push(all());
  show(next);
  return true;
}

/** Takes back the last thing that was done to waiting changes; false when there is none. */
export const undoStaged = (): boolean => step(past, future);
/** Does it again. */
export const redoStaged = (): boolean => step(future, past);

const listen = (tell: () => void) => (listeners.add(tell), () => listeners.delete(tell));

/** Everything that waits, by the id of its collection. */
export const useWaiting = (): Waiting => useSyncExternalStore(listen, all);

export const cellsIn = (list: Write[]): number => list.reduce((n, w) => n + Object.keys(w.values).length, 0);

export type Editing = ReturnType<typeof useEditing>;

/** How the records of a collection are edited, and what waits to be saved. */
export function useEditing(c: Collection) {
  const [mode] = useEditMode();
  const staged = useWaiting()[c.id] ?? none;
  const fixed = c.type === "view" || mode === "read";
  const shown = useMemo(() => overlay(fixed ? none : staged), [fixed, staged]);
  /** Changes join those that wait, also of somebody who has gone on to save each at once. */
  return { fixed, staged, staging: mode === "staged" || staged.length > 0, ...shown };
}

/** Shows rows as they will be, each the same object for as long as nothing of it changes. */
function overlay(list: Write[]) {
  const byId = new Map(list.map((w) => [w.id, w]));
  const made = new WeakMap<Row, Row>();
  return {
    /** What was seen in the fields of a record that wait to be saved. */
    seen: (id: string): Values | undefined => byId.get(id)?.seen,
    as: <R extends Row | undefined>(row: R): R => {
      const write = row && byId.get(row.id);
      if (!write) return row;
      const known = made.get(row);
      if (known) return known as R;
      const shown = { ...row, ...write.values };
      made.set(row, shown);
      return shown;
    },
  };
}
