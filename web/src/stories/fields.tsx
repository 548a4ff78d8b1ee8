import { useId, useState } from "react";
import { kindOf } from "@/fields";
import type { FieldDef } from "@/lib/collections";
import { Field } from "@/parts/input";
import { blank, fields, row } from "@/stories/sample";
import type { Story } from "@/stories/story";

/** The editor of a field, as the record panel shows it. */
function Edited({ field: f, from, error, disabled }: { field: FieldDef; from: typeof row; error?: string; disabled?: boolean }) {
  const [value, set] = useState(from[f.name]);
  const { Editor } = kindOf(f);
  return <Field label={f.name} error={error}>{(wired) => <Editor field={f} value={value} onChange={set} wired={wired} row={f.type === "file" ? undefined : from} disabled={disabled} />}</Field>;
}

function Shown({ field: f, from }: { field: FieldDef; from: typeof row }) {
  const id = useId();
  const { Cell } = kindOf(f);
  const value = from[f.name];
  return <div id={id} className="truncate text-grid">{f.type === "file" ? <span>{String(value)}</span> : <Cell value={value} field={f} row={from} />}</div>;
}

/** Every field type: in a cell, and in the panel. */
export const kinds: Story[] = fields
  .filter((f) => f.name !== "id")
  .map((f) => ({
    name: `Field type: ${kindOf(f).word.toLowerCase()}${f.name === "tags" ? ", several" : ""}`,
    states: {
      "in a cell": <Shown field={f} from={row} />,
      filled: <Edited field={f} from={row} />,
      empty: <Edited field={f} from={blank} />,
      ...(f.type !== "autodate" && { wrong: <Edited field={f} from={row} error="Cannot be this." />, disabled: <Edited field={f} from={row} disabled /> }),
    },
  }));
