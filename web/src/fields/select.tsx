import { ListChecks } from "lucide-react";
import { isMany, listOf, type FieldKind } from "@/fields/kind";
import { listText, readList } from "@/fields/list";
import { Select } from "@/parts/input";
import { Tag } from "@/parts/small";

const options = (f: { [k: string]: unknown }): string[] => (f["values"] as string[]) ?? [];

export const select: FieldKind = {
  type: "select",
  word: "Select",
  icon: ListChecks,
  width: 160,
  inline: "list",
  zero: (f) => (isMany(f) ? [] : ""),
  text: (v, f) => (isMany(f) ? listText(listOf(v)) : (listOf(v)[0] ?? "")),
  parse: (s, f) => {
    const all = options(f).includes(s) ? [s] : readList(s);
    if (all.some((t) => !options(f).includes(t)) || (all.length > 1 && !isMany(f))) return undefined;
    return isMany(f) ? all : (all[0] ?? "");
  },
  Cell: ({ value }) => <span className="inline-flex gap-1">{listOf(value).map((v) => <Tag key={v} hue="accent">{v}</Tag>)}</span>,
  Editor: ({ field, value, onChange, wired, disabled }) => {
    const chosen = listOf(value);
    if (!isMany(field))
      return (
        <Select {...wired} disabled={disabled} value={chosen[0] ?? ""} onChange={(e) => onChange(e.target.value)}>
          <option value="">–</option>
          {options(field).map((o) => <option key={o}>{o}</option>)}
        </Select>
      );
    const toggle = (o: string) => onChange(chosen.includes(o) ? chosen.filter((c) => c !== o) : [...chosen, o]);
    return (
      <div id={wired.id} role="group" aria-label={field.name} aria-describedby={wired["aria-describedby"]} className="flex flex-wrap gap-x-4 gap-y-1 py-1">
        {options(field).map((o) => (
          <label key={o} className="inline-flex min-h-6 items-center gap-1.5 text-form">
            <input type="checkbox" className="size-4 accent-accent" checked={chosen.includes(o)} disabled={disabled} onChange={() => toggle(o)} />
            {o}
          </label>
        ))}
      </div>
    );
  },
};
