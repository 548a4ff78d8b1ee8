import { useQueries } from "@tanstack/react-query";
import type { Collection, FieldDef } from "@/lib/collections";
import { grouped } from "@/lib/number";
import { pb } from "@/lib/pb";
import { Confirm } from "@/parts/dialog";
import { rulesWith, type Changes } from "@/parts/schema/model";

/** Values that saving would throw away. */
export interface Loss {
  field: string;
  why: string;
  count: number | undefined;
}

/** A filter for the records that have something in the field. */
function filled(f: FieldDef): string {
  if (f.type === "number") return `${f.name} != 0`;
  if (f.type === "bool") return `${f.name} = true`;
  if (f.type === "json") return `${f.name} != null`;
  if (Number(f["maxSelect"] ?? 1) > 1) return `${f.name}:length > 0`;
  return `${f.name} != ""`;
}

/** Counts what would be lost: the values of dropped fields, and of those whose type changes. */
export function useLosses(c: Collection | undefined, changes: Changes | undefined): { list: Loss[]; counting: boolean } {
  const gone = [
    ...(changes?.dropped ?? []).map((f) => ({ f, why: "is dropped" })),
    ...(changes?.retyped ?? []).map(({ from, to }) => ({ f: from, why: `becomes ${to.type}` })),
  ].filter(({ f }) => f.type !== "password");
  const counts = useQueries({
    queries: gone.map(({ f }) => ({
      queryKey: ["filled", c?.name, f.name],
      queryFn: async () => (await pb.collection(c!.name).getList(1, 1, { filter: filled(f), fields: "id" })).totalItems,
    })),
  });
  const list = gone.map(({ f, why }, i) => ({ field: f.name, why, count: counts[i]?.data }));
  return { list: list.filter((l) => l.count !== 0), counting: counts.some((q) => q.isPending) };
}

/** What saving does, in words. */
export function Effects({ collection: c, changes, losses, name }: { collection: Collection; changes: Changes; losses: { list: Loss[]; counting: boolean }; name: string }) {
  const lines = [
    ...(name !== c.name ? [`${c.name} is called ${name}; rules of other collections follow.`] : []),
    ...changes.added.filter(Boolean).map((n) => `${n} is added.`),
    ...changes.renamed.map(([from, to]) => `${from} is called ${to}; its values stay.`),
    ...changes.changed.map((n) => `${n} has other options.`),
    ...changes.dropped.filter((f) => !losses.list.some((l) => l.field === f.name)).map((f) => `${f.name} is dropped; no record has a value in it.`),
    ...changes.retyped.filter(({ from }) => !losses.list.some((l) => l.field === from.name)).map(({ from, to }) => `${from.name} becomes ${to.type}; no record has a value in it.`),
  ];
  const broken = changes.dropped.flatMap((f) => rulesWith(c, f.name).map((r) => `${r} asks for ${f.name}.`));
  if (!lines.length && !losses.list.length && !changes.any) return <p className="text-muted">Nothing has changed.</p>;
  return (
    <ul className="flex flex-col gap-1.5">
      {losses.list.map((l) => (
        <li key={l.field} className="border-l-2 border-danger pl-2 text-danger">
          {l.field} {l.why}: {l.count === undefined ? "counting the values that are lost…" : `${grouped(l.count)} ${l.count === 1 ? "value is" : "values are"} lost.`}
        </li>
      ))}
      {broken.map((b) => <li key={b} className="border-l-2 border-warning pl-2 text-warning">{b}</li>)}
      {lines.map((l) => <li key={l} className="border-l-2 border-line pl-2">{l}</li>)}
    </ul>
  );
}

/** Asks before values are lost. */
export function Losses({ open, losses, onClose, onConfirm }: { open: boolean; losses: Loss[]; onClose: () => void; onConfirm: () => void }) {
  return (
    <Confirm
      open={open}
      onClose={onClose}
      onConfirm={onConfirm}
      title="Save and lose values?"
      verb="Save and lose them"
      about={losses.map((l) => <p key={l.field}><b>{l.field}</b> {l.why}: {grouped(l.count ?? 0)} {l.count === 1 ? "value" : "values"} cannot be brought back.</p>)}
    />
  );
}
