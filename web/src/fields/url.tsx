import { ExternalLink, Link } from "lucide-react";
import type { FieldKind } from "@/fields/kind";
import { text } from "@/fields/text";
import { TextInput } from "@/parts/input";

/** Links are followed on the web alone: a "javascript:" in a record does nothing. */
export const isWeb = (v: unknown): v is string => typeof v === "string" && /^https?:\/\//i.test(v);

export const url: FieldKind = {
  ...text,
  type: "url",
  word: "URL",
  icon: Link,
  Cell: ({ value }) => String(value ?? ""),
  Editor: ({ value, onChange, wired, disabled }) => (
    <div className="flex items-center gap-1">
      <TextInput {...wired} type="url" disabled={disabled} value={String(value ?? "")} onChange={(e) => onChange(e.target.value)} />
      {isWeb(value) && (
        <a href={value} target="_blank" rel="noreferrer noopener" aria-label="Open the address" className="inline-flex size-8 items-center justify-center rounded-sm hover:bg-hover">
          <ExternalLink size={16} strokeWidth={1.5} aria-hidden />
        </a>
      )}
    </div>
  ),
};
