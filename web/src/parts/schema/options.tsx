import type { ReactNode } from "react";
import type { CollectionMark, FieldDef } from "@/lib/collections";
import { Checkbox, Field, Select, TextArea, TextInput } from "@/parts/input";

type Form = "int" | "number" | "text" | "flag" | "words" | "date" | "collection" | "several";

interface Option {
  name: string;
  label: string;
  form: Form;
  help?: string;
}

/** The options of each field type; what a type does not have is not shown. See docs/reference/fields. */
const options: Record<string, Option[]> = {
  text: [
    { name: "min", label: "At least characters", form: "int" },
    { name: "max", label: "At most characters", form: "int", help: "0 is 5,000" },
    { name: "pattern", label: "Pattern", form: "text", help: "a regular expression that the value must match" },
    { name: "autogeneratePattern", label: "Made by pattern", form: "text", help: "such as [a-z0-9]{8}" },
  ],
  number: [
    { name: "min", label: "At least", form: "number" },
    { name: "max", label: "At most", form: "number" },
    { name: "onlyInt", label: "Whole numbers alone", form: "flag" },
  ],
  email: [
    { name: "onlyDomains", label: "Domains alone", form: "words" },
    { name: "exceptDomains", label: "Domains refused", form: "words" },
  ],
  url: [
    { name: "onlyDomains", label: "Domains alone", form: "words" },
    { name: "exceptDomains", label: "Domains refused", form: "words" },
  ],
  editor: [
    { name: "maxSize", label: "At most bytes", form: "int", help: "0 is 5 MB" },
    { name: "convertURLs", label: "Leave addresses relative", form: "flag" },
  ],
  date: [
    { name: "min", label: "Not before", form: "date" },
    { name: "max", label: "Not after", form: "date" },
  ],
  autodate: [
    { name: "onCreate", label: "Set when created", form: "flag" },
    { name: "onUpdate", label: "Set when updated", form: "flag" },
  ],
  select: [
    { name: "values", label: "Values", form: "words" },
    { name: "maxSelect", label: "At most chosen", form: "several" },
  ],
  file: [
    { name: "maxSelect", label: "At most files", form: "several" },
    { name: "maxSize", label: "At most bytes each", form: "int", help: "0 is 5 MB" },
    { name: "mimeTypes", label: "Types", form: "words", help: "such as image/png" },
    { name: "thumbs", label: "Thumbs", form: "words", help: "such as 100x100, 0x300, 200x0f" },
    { name: "protected", label: "Protected: asked for with a token", form: "flag" },
  ],
  relation: [
    { name: "collectionId", label: "Collection", form: "collection" },
    { name: "maxSelect", label: "At most records", form: "several" },
    { name: "minSelect", label: "At least records", form: "int" },
    { name: "cascadeDelete", label: "Delete with the record it points to", form: "flag" },
  ],
  json: [{ name: "maxSize", label: "At most bytes", form: "int", help: "0 is 1 MB" }],
  password: [
    { name: "min", label: "At least characters", form: "int" },
    { name: "max", label: "At most characters", form: "int" },
  ],
};

/** The drawer of a field: its options, and the help that the record form shows. */
export function FieldOptions({ field, faults, collections, onChange }: { field: FieldDef; faults: Record<string, string>; collections: CollectionMark[]; onChange: (change: Partial<FieldDef>) => void }) {
  return (
    <div className="grid gap-3 border-l-2 border-line py-2 pl-4 sm:grid-cols-2">
      {(options[field.type] ?? []).map((o) => (
        <OptionInput key={o.name} option={o} value={field[o.name]} fault={faults[o.name]} collections={collections} onChange={(v) => onChange({ [o.name]: v })} />
      ))}
      <Field label="Help" optional error={faults["help"]}>{(w) => <TextInput {...w} value={field.help ?? ""} onChange={(e) => onChange({ help: e.target.value })} />}</Field>
    </div>
  );
}

const list = (v: unknown): string[] => (Array.isArray(v) ? v.map(String) : []);

function OptionInput({ option: o, value, fault, collections, onChange }: { option: Option; value: unknown; fault?: string; collections: CollectionMark[]; onChange: (v: unknown) => void }): ReactNode {
  if (o.form === "flag") return <Checkbox label={o.label} checked={!!value} onChange={(e) => onChange(e.target.checked)} />;
  const numeric = o.form === "int" || o.form === "number" || o.form === "several";
  const shown = o.form === "words" ? list(value).join(", ") : String(value ?? "");
  return (
    <Field label={o.label} help={o.help ?? (o.form === "words" ? "parted by commas" : undefined)} error={fault}>
      {(w) =>
        o.form === "collection" ? (
          <Select {...w} value={shown} onChange={(e) => onChange(e.target.value)}>
            <option value="">–</option>
            {collections.filter((c) => c.type !== "view").map((c) => <option key={c.id} value={c.id}>{c.name}</option>)}
          </Select>
        ) : o.form === "words" ? (
          <TextArea {...w} defaultValue={shown} onBlur={(e) => onChange(e.target.value.split(",").map((t) => t.trim()).filter(Boolean))} />
        ) : (
          <TextInput
            {...w}
            inputMode={numeric ? "decimal" : undefined}
            value={shown}
            onChange={(e) => onChange(numeric ? (e.target.value === "" ? (o.form === "number" ? null : 0) : Number(e.target.value.replace(/[^\d.-]/g, ""))) : e.target.value)}
          />
        )
      }
    </Field>
  );
}
