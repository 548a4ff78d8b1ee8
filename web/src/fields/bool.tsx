import { ToggleLeft } from "lucide-react";
import type { FieldKind } from "@/fields/kind";

export const bool: FieldKind = {
  type: "bool",
  word: "Bool",
  icon: ToggleLeft,
  width: 128,
  inline: "toggle",
  zero: () => false,
  text: (v) => String(!!v),
  parse: (s) => ({ true: true, "1": true, yes: true, false: false, "0": false, no: false, "": false })[s.trim().toLowerCase()],
  Cell: ({ value }) => (
    <span className={`inline-flex items-center gap-1.5 ${value ? "" : "text-muted"}`}>
      <span aria-hidden className={`size-3 rounded-sm border ${value ? "border-accent bg-accent" : "border-border"}`} />
      {value ? "true" : "false"}
    </span>
  ),
  Editor: ({ value, onChange, wired, disabled }) => (
    <span className="inline-flex min-h-8 items-center gap-2 text-form">
      <input type="checkbox" {...wired} className="size-4 accent-accent" checked={!!value} disabled={disabled} onChange={(e) => onChange(e.target.checked)} />
      {value ? "true" : "false"}
    </span>
  ),
};
