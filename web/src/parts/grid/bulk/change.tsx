import { useEffect, useMemo, useState } from "react";
import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { counted } from "@/lib/number";
import { problem } from "@/lib/pb";
import { useEditing } from "@/lib/staged";
import type { BulkKind } from "@/parts/grid/bulk/kinds";
import { planBulk } from "@/parts/grid/bulk/plan";
import { Review } from "@/parts/grid/review";
import { Field, Select } from "@/parts/input";
import { toastFailed } from "@/parts/toast";

/** Changes one field of all selected records, and shows what becomes of each before it is done. */
export function BulkChange({ collection: c, kind, rows, onClose }: { collection: Collection; kind: BulkKind; rows: () => Promise<Row[]>; onClose: () => void }) {
  const fields = c.fields.filter(kind.fits);
  const [field, setField] = useState<FieldDef>(fields[0]!);
  const [value, setValue] = useState<unknown>(kind.start(field));
  const [list, setList] = useState<Row[]>();
  // The records as they are now are what was seen: later changes of others are told of, and not overwritten.
  useEffect(() => void rows().then(setList, (err) => (toastFailed(problem(err).message), onClose())), []);
  const { as } = useEditing(c);
  const plan = useMemo(() => list && planBulk(kind, field, list.map(as), value), [kind, field, list, as, value]);
  const choose = (name: string) => {
    const f = fields.find((g) => g.name === name)!;
    setField(f);
    setValue(kind.start(f));
  };
  const { Editor } = kindOf(field);
  return (
    <Review
      collection={c}
      title={list ? `${kind.name} of ${counted(list.length, "record")}` : kind.name}
      plan={plan}
      verb={kind.verb}
      said={(n) => `${field.name} of ${counted(n, "record")} was ${kind.done}.`}
      onClose={onClose}
    >
      <Field label="Field">
        {(w) => (
          <Select {...w} value={field.name} onChange={(e) => choose(e.target.value)}>
            {fields.map((f) => <option key={f.id}>{f.name}</option>)}
          </Select>
        )}
      </Field>
      <Field label={kind.label} help={kind.help}>{(w) => <Editor key={field.name} field={field} value={value} onChange={setValue} wired={w} />}</Field>
    </Review>
  );
}
