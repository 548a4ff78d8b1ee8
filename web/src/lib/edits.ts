import type { Row } from "@/fields/kind";
import { valueBefore } from "@/lib/modifiers";
import { counted } from "@/lib/number";
import { pb, problem, theirs } from "@/lib/pb";
import { queries } from "@/lib/query";
import { patchRow, refreshRows, takeRows } from "@/lib/rows";
import { batchSize, deleteTogether, failedItem, whyOf, writeMany, writeTogether, type Outcome, type Values, type Write } from "@/lib/writes";
import { toast, toastFailed } from "@/parts/toast";

/** A write of this tab that can be taken back. */
interface Edit {
  collection: string;
  what: string;
  /** Takes it back and returns the edit that does it again. */
  undo: () => Promise<Edit>;
}

const done: Edit[] = [];
const undone: Edit[] = [];
const kept = 50;

// What is on its way to the server: undoing waits for it.
let running: Promise<unknown> = Promise.resolve();

function track<T>(work: Promise<T>): Promise<T> {
  running = Promise.allSettled([running, work]);
  return work;
}

function note(e: Edit): void {
  done.push(e);
  if (done.length > kept) done.shift();
  undone.length = 0;
}

const plain = (values: Values) => !Object.values(values).some((v) => v instanceof File || (Array.isArray(v) && v.some((x) => x instanceof File)));

/** Changes fields of a record back and forth; refuses when somebody has changed them since. */
function change(collection: string, id: string, from: Values, to: Values): Edit {
  return {
    collection,
    what: `the change of ${Object.keys(to).join(", ")}`,
    undo: async () => {
      const row = await pb.collection(collection).update<Row>(id, { ...from, "@expect": to }).catch((err) => {
        throw theirs(err) ? new Error("The record has been changed since; it was left as it is.") : err;
      });
      patchRow(queries, collection, id, (r) => ({ ...r, ...row }));
      return change(collection, id, to, from);
    },
  };
}

function creation(collection: string, row: Row): Edit {
  return {
    collection,
    what: `the new record ${row.id}`,
    undo: async () => {
      await pb.collection(collection).delete(row.id);
      return deletion(collection, [row]);
    },
  };
}

function deletion(collection: string, rows: Row[]): Edit {
  return {
    collection,
    what: rows.length === 1 ? `the deletion of ${rows[0]!.id}` : `the deletion of ${rows.length} records`,
    undo: async () => {
      const back: Row[] = [];
      for (const { collectionId: _c, collectionName: _n, expand: _e, ...values } of rows) back.push(await pb.collection(collection).create<Row>(values));
      return { ...deletion(collection, back), undo: async () => (await Promise.all(back.map((r) => pb.collection(collection).delete(r.id))), deletion(collection, back)) };
    },
  };
}

/**
 * Saves some fields of a record at once on the screen, and takes them back when the server refuses. It does when a field
 * has no more the value that was seen in it; the screen then shows the record as it is.
 */
export const saveFields = (row: Row, values: Values, seen?: Values): Promise<Row> => track(save(row, values, seen));

async function save(row: Row, values: Values, seen?: Values): Promise<Row> {
  const before = pick(row, Object.keys(values));
  if (plain(values)) patchRow(queries, row.collectionName, row.id, (r) => ({ ...r, ...values }));
  try {
    const saved = await pb.collection(row.collectionName).update<Row>(row.id, seen ? { ...values, "@expect": seen } : values);
    const after = pick(saved, Object.keys(values));
    patchRow(queries, row.collectionName, row.id, (r) => ({ ...r, ...saved, expand: r.expand }));
    if (plain(values) && !("password" in values)) note(change(row.collectionName, row.id, before, after));
    return saved;
  } catch (err) {
    patchRow(queries, row.collectionName, row.id, (r) => ({ ...r, ...before, ...theirs<Row>(err), expand: r.expand }));
    throw err;
  }
}

/** Creates a record. */
export async function createRecord(collection: string, values: Values): Promise<Row> {
  const row = await pb.collection(collection).create<Row>(values);
  note(creation(collection, row));
  refreshRows(queries, collection);
  return row;
}

/** Deletes records; files that they had do not come back by undoing. */
export async function deleteRecords(collection: string, rows: Row[]): Promise<void> {
  for (const row of rows) await pb.collection(collection).delete(row.id);
  note(deletion(collection, rows));
  refreshRows(queries, collection);
  toast(rows.length === 1 ? "1 record deleted." : `${rows.length} records deleted.`, { name: "Undo", run: () => void undo() });
}

/** What a write of many has changed in one record. */
interface Step {
  id: string;
  from: Values;
  to: Values;
}

/** Changes many records back and forth, and takes new ones away or makes them again. What was changed since is left as it is. */
function changes(collection: string, steps: Step[], made: Row[], gone = false): Edit {
  const words = [steps.length && counted(steps.length, "changed record"), made.length && counted(made.length, "new record")];
  return {
    collection,
    what: words.filter(Boolean).join(" and "),
    undo: async () => {
      const back = steps.map((s) => ({ id: s.id, values: s.from, seen: s.to }));
      const anew = gone ? made.map(({ collectionId: _c, collectionName: _n, expand: _e, ...values }) => ({ values })) : [];
      const { written, refused, left } = await writeMany(collection, [...back, ...anew], { told: (_, rows) => takeRows(queries, collection, rows) });
      const undone = refused.length + left.length;
      if (undone && !written.length) throw new Error(refused.some((r) => r.theirs) ? "The records have been changed since; they were left as they are." : refused[0]!.why);
      for (let i = 0; i < made.length && !gone; i += batchSize) await deleteTogether(collection, made.slice(i, i + batchSize).map((r) => r.id));
      if (undone) toastFailed(`${counted(undone, "record")} could not be taken back: ${refused[0]?.why ?? "the server does not answer."}`);
      const turned = written.filter((w) => w.write.id).map(({ write }) => ({ id: write.id!, from: write.seen!, to: write.values }));
      return changes(collection, turned, made, !gone);
    },
  };
}

const pick = (row: Row, names: string[]): Values => Object.fromEntries(names.map((k) => [k, row[k]]));

/** Does many writes; all that were done are taken back by one undo. Each change brings what was seen of it. */
export async function saveMany(collection: string, writes: Write[], told: (done: number) => void, signal?: AbortSignal): Promise<Outcome> {
  const out = await track(writeMany(collection, writes, { told: (n, rows) => (takeRows(queries, collection, rows), told(n)), signal }));
  noteWritten(collection, out.written);
  takeRows(queries, collection, out.refused.flatMap((r) => r.theirs ?? []));
  refreshRows(queries, collection);
  return out;
}

/** Does all of the writes, taken back by one undo, or none of them; then it is told what would have become of each. */
export async function saveTogether(collection: string, writes: Write[]): Promise<Outcome> {
  try {
    const rows = await track(writeTogether(collection, writes));
    const written = writes.map((write, i) => ({ write, row: rows[i]! }));
    takeRows(queries, collection, rows);
    noteWritten(collection, written);
    refreshRows(queries, collection);
    return { written, refused: [], left: [] };
  } catch (err) {
    const failed = failedItem(err);
    if (!failed) throw err;
    const tried = await writeMany(collection, writes, { dry: true });
    takeRows(queries, collection, tried.refused.flatMap((r) => r.theirs ?? []));
    if (tried.refused.length) return tried;
    // Each would pass alone, not all of them together.
    const write = writes[failed.index]!;
    return { written: [], refused: [{ write, why: whyOf(failed.error), theirs: theirs<Row>(failed.error) }], left: writes.filter((w) => w !== write) };
  }
}

function noteWritten(collection: string, written: Outcome["written"]): void {
  if (!written.length) return;
  const steps = written.filter((w) => w.write.id).map(({ write: { id, values, seen }, row }) => {
    const names = Object.keys(seen!);
    return { id: id!, from: Object.fromEntries(names.map((name) => [name, valueBefore(name, values, seen![name], row[name])])), to: pick(row, names) };
  });
  note(changes(collection, steps, written.filter((w) => !w.write.id).map((w) => w.row)));
}

async function move(from: Edit[], to: Edit[], word: string): Promise<void> {
  await running;
  const last = from.pop();
  if (!last) return toast(`There is nothing to ${word}.`);
  try {
    to.push(await last.undo());
    refreshRows(queries, last.collection);
    toast(`${word === "undo" ? "Took back" : "Did again"} ${last.what}.`);
  } catch (err) {
    toastFailed(problem(err).message);
  }
}

/** Takes the last write of this tab back. */
export const undo = () => move(done, undone, "undo");
/** Does it again. */
export const redo = () => move(undone, done, "redo");
