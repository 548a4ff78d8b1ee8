import { useState } from "react";
import type { Row } from "@/fields/kind";
import type { Collection } from "@/lib/collections";
import { exportRows, type Form } from "@/lib/export";
import { useAction } from "@/lib/keys";
import { grouped } from "@/lib/number";
import { pb, problem } from "@/lib/pb";
import type { Ask } from "@/lib/rows";
import { Button } from "@/parts/button";
import { BulkChange } from "@/parts/grid/bulk/change";
import { BulkCheck } from "@/parts/grid/bulk/check";
import { otherKinds, setField, type BulkKind } from "@/parts/grid/bulk/kinds";
import { copyForms, copyRows } from "@/parts/grid/copies/forms";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { toastFailed } from "@/parts/toast";

interface Props {
  collection: Collection;
  ask: Ask;
  selected: Set<string>;
  total?: number;
  /** Nothing may be changed. */
  fixed: boolean;
  rows: (ids: string[]) => Promise<Row[]>;
  onSelect: (ids: Set<string>) => void;
  onDelete: (rows: Row[]) => void;
}

/** One thing that is done with all selected records: an entry of a menu, and of the palette. */
interface Deed {
  name: string;
  run: () => void;
}

/** What can be done with the records that are selected. */
export function BulkBar({ collection: c, ask, selected, total, fixed, rows, onSelect, onDelete }: Props) {
  const [doing, setDoing] = useState<BulkKind | "check">();
  const n = selected.size;
  const chosen = () => rows([...selected]);
  const failing = (work: Promise<unknown>) => void work.catch((err) => toastFailed(problem(err).message));
  const all = async () => {
    const list = await pb.collection(c.name).getFullList<Row>({ fields: "id", filter: ask.filter || undefined, batch: 1000 });
    onSelect(new Set(list.map((r) => r.id)));
  };
  const begin = (kind: BulkKind): Deed => ({ name: kind.name, run: () => setDoing(kind) });
  const changes: Deed[] = [...otherKinds.filter((k) => c.fields.some(k.fits)).map(begin), { name: "Check the records", run: () => setDoing("check") }];
  const copies: Deed[] = copyForms.filter((f) => !f.makes || c.type !== "view").map((f) => ({ name: `Copy as ${f.name}`, run: () => failing(copyRows(c, f, n, chosen)) }));
  const exports: Deed[] = (["csv", "json"] as Form[]).map((form) => ({ name: `Export as ${form.toUpperCase()}`, run: () => failing(chosen().then((r) => exportRows(c, r, form))) }));
  return (
    <div role="toolbar" aria-label="Selected records" className="flex flex-wrap items-center gap-2 py-1">
      <span className="font-medium text-text">{grouped(n)} selected</span>
      {total !== undefined && n < total && <Button look="quiet" className="h-6! text-accent" onClick={() => failing(all())}>Select all {grouped(total)} that match</Button>}
      {!fixed && <Button className="h-6!" onClick={() => setDoing(setField)}>Set a field</Button>}
      {!fixed && (
        <Menu trigger={<Button className="h-6!">More changes</Button>} align="start">
          <Entries deeds={changes} />
        </Menu>
      )}
      <Menu trigger={<Button className="h-6!">Copy or export</Button>} align="start">
        <Entries deeds={copies} />
        <MenuLine />
        <Entries deeds={exports} />
      </Menu>
      {!fixed && <Button className="h-6! text-danger" onClick={() => failing(chosen().then(onDelete))}>Delete</Button>}
      <Button look="quiet" className="h-6!" onClick={() => onSelect(new Set())}>Select none</Button>
      {[...(fixed ? [] : [begin(setField), ...changes]), ...copies, ...exports].map((deed) => <InPalette key={deed.name} {...deed} />)}
      {doing === "check" ? (
        <BulkCheck collection={c} ids={[...selected]} onClose={() => setDoing(undefined)} />
      ) : (
        doing && <BulkChange collection={c} kind={doing} rows={chosen} onClose={() => setDoing(undefined)} />
      )}
    </div>
  );
}

const Entries = ({ deeds }: { deeds: Deed[] }) => deeds.map((deed) => <MenuItem key={deed.name} onSelect={deed.run}>{deed.name}</MenuItem>);

function InPalette({ name, run }: Deed) {
  useAction({ id: `selected ${name}`, name: `Selected records: ${name[0]!.toLowerCase()}${name.slice(1)}`, group: "Records", run });
  return null;
}
