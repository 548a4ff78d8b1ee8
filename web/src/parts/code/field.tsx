import type { Extension } from "@codemirror/state";
import clsx from "clsx";
import { useEffect, useRef, useState, type ComponentType } from "react";
import { flushSync } from "react-dom";
import type { CodeProps } from "@/parts/code/code";
import { extensionOf, type Language } from "@/parts/code/language";
import { box, type Wired } from "@/parts/input";

/** What is wrong, and at which character. */
export interface Mark {
  at: number;
  message: string;
}

interface Props {
  /** Its name, where no [Field] with a label is around it. */
  label?: string;
  wired?: Wired;
  value: string;
  onChange: (text: string) => void;
  onBlur?: () => void;
  language: Language;
  disabled?: boolean;
  invalid?: boolean;
  mark?: Mark;
  autoFocus?: boolean;
  className?: string;
}

const frame = "max-h-96 overflow-auto rounded-sm border border-border bg-bg text-grid";

/**
 * A text in a language: coloured, completed, checked. Until the editor is there it is a plain text box, and stays one
 * when the editor cannot be loaded; what is typed in between is kept.
 */
export function CodeField({ label, wired, value, onChange, onBlur, language, disabled, invalid, mark, autoFocus, className }: Props) {
  const [loaded, setLoaded] = useState<{ Code: ComponentType<CodeProps>; language: Extension; chosen?: CodeProps["chosen"] }>();
  const plain = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    let gone = false;
    Promise.all([import("@/parts/code/code"), extensionOf(language)]).then(
      ([{ Code }, l]) => {
        if (gone) return;
        const from = plain.current;
        const chosen = from && from === document.activeElement ? { anchor: from.selectionStart, head: from.selectionEnd } : undefined;
        // At once: between the one box and the other a key would be lost.
        flushSync(() => setLoaded({ Code, language: l, chosen }));
      },
      () => {},
    );
    return () => void (gone = true);
  }, [language]);
  const odd = invalid || wired?.["aria-invalid"];
  const about = wired?.["aria-describedby"];
  if (!loaded)
    return (
      <textarea
        ref={plain}
        {...wired}
        aria-label={label}
        aria-invalid={odd}
        rows={3}
        spellCheck={false}
        autoFocus={autoFocus}
        readOnly={disabled}
        value={value}
        className={clsx(box, "field-sizing-content py-1 pl-8 font-mono text-grid!", className)}
        onChange={(e) => onChange(e.target.value)}
        onBlur={onBlur}
      />
    );
  const attributes: Record<string, string> = {
    ...(wired && { id: wired.id, "aria-labelledby": `${wired.id}-label` }),
    ...(label && { "aria-label": label }),
    ...(about && { "aria-describedby": about }),
    ...(odd && { "aria-invalid": "true" }),
    ...(disabled && { "aria-readonly": "true" }),
    spellcheck: "false",
  };
  return (
    <div className={clsx(frame, "flex", odd && "border-danger", className)}>
      <loaded.Code value={value} onChange={onChange} onBlur={onBlur} language={loaded.language} attributes={attributes} disabled={disabled} mark={mark} chosen={loaded.chosen} />
    </div>
  );
}
