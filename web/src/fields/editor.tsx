import { FileText } from "lucide-react";
import { useState } from "react";
import type { FieldKind } from "@/fields/kind";
import { TextArea } from "@/parts/input";
import { Button } from "@/parts/button";

const bare = (v: unknown) => String(v ?? "").slice(0, 2000).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim().slice(0, 256);

/** HTML is edited as its source and looked at in a frame in which nothing runs. */
export const editor: FieldKind = {
  type: "editor",
  word: "Rich text",
  icon: FileText,
  width: 260,
  inline: "panel",
  zero: () => "",
  text: (v) => String(v ?? ""),
  parse: (s) => s,
  Cell: ({ value }) => bare(value),
  Editor: function Editor({ value, onChange, wired, disabled }) {
    const [look, setLook] = useState(false);
    const html = String(value ?? "");
    return (
      <div className="flex flex-col gap-1">
        {look ? (
          <iframe title="Preview" sandbox="" srcDoc={`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">${html}`} className="h-60 w-full rounded-sm border bg-white" />
        ) : (
          <TextArea {...wired} className="min-h-32! font-mono text-grid!" disabled={disabled} value={html} onChange={(e) => onChange(e.target.value)} />
        )}
        <Button look="quiet" className="h-6! self-end text-grid!" aria-pressed={look} onClick={() => setLook(!look)}>{look ? "Edit the source" : "Preview"}</Button>
      </div>
    );
  },
};
