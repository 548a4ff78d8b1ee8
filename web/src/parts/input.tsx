import clsx from "clsx";
import { Eye, EyeOff } from "lucide-react";
import { useId, useState, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, type TextareaHTMLAttributes } from "react";

export const box = "w-full rounded-sm border border-border bg-bg px-2 text-form text-text disabled:bg-panel disabled:text-muted aria-invalid:border-danger";

/** What every input of a form is given by its [Field]. */
export interface Wired {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

/** A label above, an input, help below, and what is wrong with it. */
export function Field({ label, help, error, optional, aside, children }: { label: ReactNode; help?: ReactNode; error?: string; optional?: boolean; aside?: ReactNode; children: (wired: Wired) => ReactNode }) {
  const id = useId();
  const about = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <label id={`${id}-label`} htmlFor={id} className="text-grid font-medium text-text" onClick={() => document.getElementById(id)?.focus()}>
          {label}
          {optional && <span className="font-normal text-muted"> (optional)</span>}
        </label>
        {aside}
      </div>
      {children({ id, ...(about && { "aria-describedby": about }), ...(error && { "aria-invalid": true as const }) })}
      {error && <p id={`${id}-error`} role="alert" className="text-grid text-danger">{error}</p>}
      {help && <p id={`${id}-help`} className="text-grid text-muted">{help}</p>}
    </div>
  );
}

export function TextInput({ className, ref, ...rest }: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return <input ref={ref} type="text" spellCheck={false} className={clsx(box, "h-8", className)} {...rest} />;
}

/** A password: it can be looked at, and says when Caps Lock is on. */
export function PasswordInput({ className, ...rest }: InputHTMLAttributes<HTMLInputElement>) {
  const [shown, show] = useState(false);
  const [caps, setCaps] = useState(false);
  return (
    <div className="relative">
      <input
        type={shown ? "text" : "password"}
        spellCheck={false}
        className={clsx(box, "h-8 pr-9", className)}
        onKeyUp={(e) => setCaps(e.getModifierState?.("CapsLock"))}
        onBlur={() => setCaps(false)}
        {...rest}
      />
      <div className="absolute inset-y-0 right-0.5 flex items-center">
        <button type="button" aria-label={shown ? "Hide" : "Show"} title={shown ? "Hide" : "Show"} className="target inline-flex size-7 items-center justify-center rounded-sm hover:bg-hover" onClick={() => show(!shown)}>
          {shown ? <EyeOff size={16} strokeWidth={1.5} aria-hidden /> : <Eye size={16} strokeWidth={1.5} aria-hidden />}
        </button>
      </div>
      {caps && <p role="status" className="mt-1 text-grid text-warning">Caps Lock is on.</p>}
    </div>
  );
}

/** A text of several lines that grows with what is in it. */
export function TextArea({ className, ref, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea ref={ref} rows={1} className={clsx(box, "field-sizing-content max-h-96 min-h-8 resize-y py-1.5", className)} {...rest} />;
}

/** One of a few; the browser's own list. */
export function Select({ className, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return <select className={clsx(box, "h-8", className)} {...rest}>{children}</select>;
}

export function Checkbox({ label, className, ...rest }: InputHTMLAttributes<HTMLInputElement> & { label: ReactNode }) {
  return (
    <label className={clsx("inline-flex min-h-6 items-center gap-2 text-form", className)}>
      <input type="checkbox" className="size-4 accent-accent" {...rest} />
      {label}
    </label>
  );
}

/** On or off, in words. */
export function Switch({ label, checked, onChange, disabled, help }: { label: ReactNode; checked: boolean; onChange: (on: boolean) => void; disabled?: boolean; help?: ReactNode }) {
  const id = useId();
  return (
    <div>
      <button
        type="button"
        role="switch"
        id={id}
        aria-checked={checked}
        aria-describedby={help ? `${id}-help` : undefined}
        disabled={disabled}
        onClick={() => onChange(!checked)}
        className="target inline-flex min-h-7 items-center gap-2 text-form disabled:opacity-60"
      >
        <span className={clsx("inline-flex h-4.5 w-8 shrink-0 items-center rounded-full border p-0.5", checked ? "border-accent bg-accent" : "border-border bg-bg")}>
          <span className={clsx("size-3 rounded-full transition-transform", checked ? "translate-x-3.5 bg-on-accent" : "bg-border")} />
        </span>
        {label}
      </button>
      {help && <p id={`${id}-help`} className="text-grid text-muted">{help}</p>}
    </div>
  );
}

/** One of two to five, side by side. */
export function Segmented<T extends string>({ label, value, options, onChange, disabled }: { label: string; value: T; options: { value: T; name: ReactNode }[]; onChange: (v: T) => void; disabled?: boolean }) {
  const group = useId();
  return (
    <div role="radiogroup" aria-label={label} className="inline-flex rounded-sm border border-border">
      {options.map((o) => (
        <label key={o.value} className={clsx("target relative inline-flex h-7 items-center gap-1 px-2.5 text-body first:rounded-l-sm last:rounded-r-sm not-first:border-l has-focus-visible:outline-2 has-focus-visible:outline-accent", value === o.value ? "bg-selected font-medium" : "hover:bg-hover", disabled && "opacity-60")}>
          <input type="radio" name={group} className="sr-only" checked={value === o.value} disabled={disabled} onChange={() => onChange(o.value)} />
          {o.name}
        </label>
      ))}
    </div>
  );
}
