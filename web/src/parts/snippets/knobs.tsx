import { ChevronDown } from "lucide-react";
import type { Collection, FieldDef } from "@/lib/collections";
import { Button } from "@/parts/button";
import { Field, Select, TextInput } from "@/parts/input";
import { Popover } from "@/parts/menu";
import type { Action, Knobs } from "@/parts/snippets/request";

/** What can be chosen of a request. A change is told at once; what was typed stays as it is, the address follows later. */
export function KnobRow({ collection: c, action, knobs, onChange }: { collection: Collection; action: Action; knobs: Knobs; onChange: (change: Knobs) => void }) {
  const has = (name: keyof Knobs) => action.knobs.includes(name);
  const relations = c.fields.filter((f) => f.type === "relation" && !f.hidden);
  return (
    <div className="flex flex-wrap items-end gap-3">
      {has("page") && <NumberKnob label="Page" value={knobs.page} start="1" onChange={(page) => onChange({ page })} />}
      {has("perPage") && <NumberKnob label="Records of a page" value={knobs.perPage} start="30" onChange={(perPage) => onChange({ perPage })} />}
      {has("sort") && <SortKnob fields={c.fields} value={knobs.sort} onChange={(sort) => onChange({ sort })} />}
      {has("filter") && (
        <div className="min-w-60 flex-1">
          <Field label="Filter">
            {(wired) => <TextInput {...wired} className="font-mono" placeholder={exampleFilter(c)} defaultValue={knobs.filter} onChange={(e) => onChange({ filter: e.target.value || undefined })} />}
          </Field>
        </div>
      )}
      {has("expand") && relations.length > 0 && <ListKnob label="Expand" none="No relation" all={relations} value={knobs.expand} onChange={(expand) => onChange({ expand })} />}
      {has("fields") && <ListKnob label="Fields" none="All fields" all={c.fields.filter((f) => !f.hidden)} value={knobs.fields} onChange={(fields) => onChange({ fields })} />}
    </div>
  );
}

function NumberKnob({ label, value, start, onChange }: { label: string; value?: string; start: string; onChange: (v: string | undefined) => void }) {
  return (
    <Field label={label}>
      {(wired) => <TextInput {...wired} type="number" min={1} className="max-w-32" defaultValue={value ?? start} onChange={(e) => onChange(/^[1-9]\d*$/.test(e.target.value) ? e.target.value : undefined)} />}
    </Field>
  );
}

function SortKnob({ fields, value, onChange }: { fields: FieldDef[]; value?: string; onChange: (v: string | undefined) => void }) {
  const names = fields.filter((f) => !f.hidden && f.type !== "password").map((f) => f.name);
  const all = names.flatMap((n) => [n, `-${n}`]);
  return (
    <Field label="Sort">
      {(wired) => (
        <Select {...wired} value={value ?? ""} onChange={(e) => onChange(e.target.value || undefined)}>
          <option value="">As it is stored</option>
          {names.map((n) => <option key={n} value={n}>{n}, ascending</option>)}
          {names.map((n) => <option key={n} value={`-${n}`}>{n}, descending</option>)}
          {value && !all.includes(value) && <option>{value}</option>}
        </Select>
      )}
    </Field>
  );
}

/** Some of the fields, as the API takes them: names with commas between. */
function ListKnob({ label, none, all, value, onChange }: { label: string; none: string; all: FieldDef[]; value?: string; onChange: (v: string | undefined) => void }) {
  const chosen = value?.split(",") ?? [];
  const toggle = (name: string) => {
    const next = chosen.includes(name) ? chosen.filter((n) => n !== name) : [...chosen, name];
    onChange(next.join(",") || undefined);
  };
  return (
    <div className="flex flex-col gap-1">
      <span aria-hidden className="text-grid font-medium">{label}</span>
      <Popover name={label} trigger={<Button icon={ChevronDown} aria-label={`${label}: ${chosen.join(", ") || none}`}>{chosen.length > 2 ? `${chosen.length} fields` : chosen.join(", ") || none}</Button>}>
        <div className="flex max-h-80 w-52 flex-col overflow-auto">
          {all.map((f) => (
            <label key={f.name} className="flex min-h-7 items-center gap-2 rounded-sm px-1 hover:bg-hover">
              <input type="checkbox" className="size-4 accent-accent" checked={chosen.includes(f.name)} onChange={() => toggle(f.name)} />
              {f.name}
            </label>
          ))}
        </div>
      </Popover>
    </div>
  );
}

/** A filter that fits the collection: by a value of a list, by a switch, or by what all records have. */
export function exampleFilter(c: Collection): string {
  const select = c.fields.find((f) => f.type === "select" && !f.hidden && Array.isArray(f["values"]) && f["values"].length);
  if (select) return `${select.name} ${Number(select["maxSelect"] ?? 1) > 1 ? "?=" : "="} ${JSON.stringify((select["values"] as string[])[0])}`;
  const bool = c.fields.find((f) => f.type === "bool" && !f.hidden);
  return bool ? `${bool.name} = true` : `id != ""`;
}
