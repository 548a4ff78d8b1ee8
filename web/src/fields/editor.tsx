import { FileText } from "lucide-react";
import { useEffect, useState, type ComponentType } from "react";
import type { EditorProps, FieldKind } from "@/fields/kind";
import { TextArea } from "@/parts/input";

const bare = (v: unknown) => String(v ?? "").slice(0, 2000).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim().slice(0, 256);

/** HTML. What edits it is loaded when the first one is shown; its source is there when that cannot be loaded. */
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
  Editor: function Editor(p: EditorProps) {
    const [Rich, setRich] = useState<ComponentType<EditorProps> | "failed">();
    useEffect(() => {
      import("@/parts/rich/rich").then(
        (m) => setRich(() => m.RichField),
        () => setRich("failed"),
      );
    }, []);
    if (Rich && Rich !== "failed") return <Rich {...p} />;
    return <TextArea {...p.wired} className="min-h-48! font-mono text-grid!" readOnly={!Rich} disabled={p.disabled} value={String(p.value ?? "")} onChange={(e) => p.onChange(e.target.value)} />;
  },
};
