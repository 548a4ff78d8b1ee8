import { useState } from "react";
import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { Collection } from "@/lib/collections";
import { saveFields } from "@/lib/edits";
import { exportRows } from "@/lib/export";
import { grouped } from "@/lib/number";
import { problem, pb } from "@/lib/pb";
import type { Ask } from "@/lib/rows";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { Field, Select } from "@/parts/input";
import { Menu, MenuItem } from "@/parts/menu";
import { copy } from "@/parts/small";
import { toast } from "@/parts/toast";

interface Props {
  collection: Collection;
  ask: Ask;
  selected: Set<string>;
  total?: number;
  rows: (ids: string[]) => Promise<Row[]>;
  onSelect: (ids: Set<string>) => void;
  onDelete: (rows: Row[]) => void;
}

/** What can be done with the records that are selected. */
export function BulkBar({ collection: c, ask, selected, total, rows, onSelect, onDelete }: Props) {
  const [setting, setSetting] = useState(false);
  const n = selected.size;
  const all = async () => {
    const list = await pb.collection(c.name).getFullList<Row>({ fields: "id", filter: ask.filter || undefined, batch: 1000 });
    onSelect(new Set(list.map((r) => r.id)));
  };
  return (
    <div role="toolbar" aria-label="Selected records" className="flex flex-wrap items-center gap-2">
      <span className="font-medium text-text">{grouped(n)} selected</span>
      {total !== undefined && n < total && <Button look="quiet" className="h-6! text-accent" onClick={() => void all()}>Select all {grouped(total)} that match</Button>}
      {c.type !== "view" && <Button className="h-6!" onClick={() => setSetting(true)}>Set a field</Button>}
      <Menu trigger={<Button className="h-6!">Copy or export</Button>} align="start">
        <MenuItem onSelect={() => void rows([...selected]).then((r) => copy(JSON.stringify(r, null, 2)))}>Copy as JSON</MenuItem>
        <MenuItem onSelect={() => void rows([...selected]).then((r) => exportRows(c, r, "csv"))}>Export as CSV</MenuItem>
        <MenuItem onSelect={() => void rows([...selected]).then((r) => exportRows(c, r, "json"))}>Export as JSON</MenuItem>
      </Menu>
      {c.type !== "view" && <Button className="h-6! text-danger" onClick={() => void rows([...selected]).then(onDelete)}>Delete</Button>}
      <Button look="quiet" className="h-6!" onClick={() => onSelect(new Set())}>Select none</Button>
      {setting && <SetField collection={c} ids={[...selected]} rows={rows} onClose={() => setSetting(false)} />}
    </div>
  );
}

/** Sets one field of all selected records, a few at a time, and lists those that were refused. */
function SetField({ collection: c, ids, rows, onClose }: { collection: Collection; ids: string[]; rows: Props["rows"]; onClose: () => void }) {
  const fields = c.fields.filter((f) => !f["primaryKey"] && f.type !== "autodate" && f.type !== "password" && f.type !== "file" && !(f.system && f.name === "tokenKey"));
  const [name, setName] = useState(fields[0]?.name ?? "");
  const field = fields.find((f) => f.name === name);
  const [value, setValue] = useState<unknown>(field && kindOf(field).zero(field));
  const [done, setDone] = useState<number>();
  const [failed, setFailed] = useState<{ id: string; message: string }[]>([]);
  const run = async () => {
    setFailed([]);
    setDone(0);
    const refused: typeof failed = [];
    const list = await rows(ids);
    for (let i = 0; i < list.length; i += 10) {
      const part = list.slice(i, i + 10);
      const results = await Promise.allSettled(part.map((row) => saveFields(row, { [name]: value })));
      results.forEach((r, at) => r.status === "rejected" && refused.push({ id: part[at]!.id, message: problem(r.reason).fields[name]?.message ?? problem(r.reason).message }));
      setDone(Math.min(i + 10, list.length));
    }
    if (!refused.length) {
      toast(`${name} of ${list.length} records was set.`);
      return onClose();
    }
    setFailed(refused);
    setDone(undefined);
  };
  if (!field) return null;
  const kind = kindOf(field);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Set a field of ${ids.length} records`}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={done !== undefined} onClick={() => void run()}>{done === undefined ? "Set" : `${done} of ${ids.length}`}</Button>
        </>
      }
    >
      <Field label="Field">
        {(w) => (
          <Select {...w} value={name} onChange={(e) => (setName(e.target.value), setValue(kindOf(fields.find((f) => f.name === e.target.value)!).zero(fields.find((f) => f.name === e.target.value)!)))}>
            {fields.map((f) => <option key={f.id}>{f.name}</option>)}
          </Select>
        )}
      </Field>
      <Field label="Value">{(w) => <kind.Editor key={name} field={field} value={value} onChange={setValue} wired={w} />}</Field>
      {failed.length > 0 && (
        <div role="alert" className="max-h-40 overflow-auto rounded-md border border-danger p-2">
          <p className="font-medium">{failed.length} were refused:</p>
          <ul>{failed.map((f) => <li key={f.id}><span className="font-mono">{f.id}</span>: {f.message}</li>)}</ul>
        </div>
      )}
    </Dialog>
  );
}
