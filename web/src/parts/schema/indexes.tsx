import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/parts/button";
import { Checkbox, Field, TextInput } from "@/parts/input";
import { Popover } from "@/parts/menu";
import { Tag } from "@/parts/small";
import { makeIndex, readIndex } from "@/parts/schema/model";

/** The indexes of a collection as chips, and how one more is made. */
export function Indexes({ collection, indexes, fields, faults, onChange }: { collection: string; indexes: string[]; fields: string[]; faults: Record<number, string>; onChange: (list: string[]) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <section aria-label="Indexes" className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <h2 className="text-title font-semibold">Indexes</h2>
        <Popover name="New index" open={open} onOpenChange={setOpen} trigger={<Button icon={Plus} className="h-7!">Index</Button>}>
          <NewIndex fields={fields} onMake={(columns, unique, where) => (onChange([...indexes, makeIndex(collection || "collection", columns, unique, where)]), setOpen(false))} />
        </Popover>
      </div>
      {!indexes.length && <p className="text-muted">None yet. Fields that rules and filters ask for are found faster with one.</p>}
      <ul className="flex flex-wrap gap-2">
        {indexes.map((sql, i) => {
          const { unique, columns, where } = readIndex(sql);
          return (
            <li key={sql} className="flex flex-col">
              <span className="inline-flex items-center gap-1.5 rounded-sm border bg-panel pl-2" title={sql}>
                {unique && <Tag hue="info">unique</Tag>}
                <span className="font-mono text-grid">{columns.join(", ")}</span>
                {where && <span className="font-mono text-label text-muted">where {where}</span>}
                <IconButton name={`Drop the index on ${columns.join(", ")}`} icon={X} onClick={() => onChange(indexes.filter((_, at) => at !== i))} />
              </span>
              {faults[i] && <span role="alert" className="text-grid text-danger">{faults[i]}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** It stands in the form of the schema, which it must not send. */
function NewIndex({ fields, onMake }: { fields: string[]; onMake: (columns: string[], unique: boolean, where: string) => void }) {
  const [columns, setColumns] = useState<string[]>([]);
  const [unique, setUnique] = useState(false);
  const [where, setWhere] = useState("");
  const toggle = (f: string) => setColumns(columns.includes(f) ? columns.filter((c) => c !== f) : [...columns, f]);
  return (
    <form className="flex w-64 flex-col gap-2" onSubmit={(e) => (e.preventDefault(), e.stopPropagation(), columns.length && onMake(columns, unique, where))}>
      <fieldset className="max-h-48 overflow-auto">
        <legend className="text-grid font-medium">Fields, in the order of your clicks</legend>
        {fields.map((f) => (
          <Checkbox key={f} className="flex!" label={<>{f}{columns.includes(f) && <span className="text-muted"> {columns.indexOf(f) + 1}</span>}</>} checked={columns.includes(f)} onChange={() => toggle(f)} />
        ))}
      </fieldset>
      <Checkbox label="Unique" checked={unique} onChange={(e) => setUnique(e.target.checked)} />
      <Field label="Only where" optional>{(w) => <TextInput {...w} className="font-mono" placeholder="email != ''" value={where} onChange={(e) => setWhere(e.target.value)} />}</Field>
      <Button type="submit" look="primary" disabled={!columns.length}>Add the index</Button>
    </form>
  );
}
