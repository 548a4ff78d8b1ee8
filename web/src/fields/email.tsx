import { Mail } from "lucide-react";
import type { FieldKind } from "@/fields/kind";
import { text } from "@/fields/text";
import { TextInput } from "@/parts/input";

export const email: FieldKind = {
  ...text,
  type: "email",
  word: "E-mail",
  icon: Mail,
  Cell: ({ value }) => String(value ?? ""),
  Editor: ({ value, onChange, wired, disabled }) => <TextInput {...wired} type="email" autoComplete="off" disabled={disabled} value={String(value ?? "")} onChange={(e) => onChange(e.target.value)} />,
};
