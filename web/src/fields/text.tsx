import { Dices, Type } from "lucide-react";
import type { FieldKind } from "@/fields/kind";
import { IconButton } from "@/parts/button";
import { TextArea } from "@/parts/input";

export const text: FieldKind = {
  type: "text",
  word: "Text",
  icon: Type,
  width: 220,
  inline: "text",
  zero: () => "",
  text: (v) => String(v ?? ""),
  parse: (s) => s,
  Cell: ({ value, field }) => <span className={field.primaryKey ? "font-mono text-muted" : undefined}>{String(value ?? "")}</span>,
  Editor: ({ field, value, onChange, wired, disabled }) => {
    const shown = String(value ?? "");
    const max = Number(field["max"] || 5000);
    return (
      <div>
        <div className="flex gap-1">
          <TextArea
            {...wired}
            value={shown}
            disabled={disabled}
            className={field.primaryKey ? "font-mono" : undefined}
            placeholder={field["autogeneratePattern"] ? "Leave empty to have it made" : undefined}
            onChange={(e) => onChange(e.target.value)}
          />
          {!!field["autogeneratePattern"] && !disabled && <IconButton name="Leave it to the server" icon={Dices} onClick={() => onChange("")} />}
        </div>
        {shown.length > max * 0.8 && <p className={`tabular text-right text-label ${shown.length > max ? "text-danger" : "text-muted"}`}>{shown.length} of {max}</p>}
      </div>
    );
  },
};
