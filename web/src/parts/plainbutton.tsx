import clsx from "clsx";
import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";

type Look = "primary" | "plain" | "quiet" | "danger";

export const looks: Record<Look, string> = {
  primary: "bg-accent text-on-accent border-transparent hover:brightness-110",
  plain: "bg-bg text-text border-border hover:bg-hover",
  quiet: "bg-transparent text-text border-transparent hover:bg-hover",
  danger: "bg-danger text-on-danger border-transparent hover:brightness-110",
};

export const base = "target inline-flex items-center justify-center gap-1.5 rounded-sm border font-medium whitespace-nowrap select-none disabled:opacity-55 aria-disabled:opacity-55";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  icon?: LucideIcon;
  /** The work it began is not done yet: it cannot be pressed again. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with a verb on it. It keeps the focus while it is busy. */
export function Button({ look = "plain", icon: Icon, busy, children, className, type = "button", onClick, ...rest }: ButtonProps) {
  return (
    <button type={type} className={clsx(base, "h-8 px-3 text-body", looks[look], className)} aria-busy={busy || undefined} aria-disabled={busy || undefined} onClick={busy ? (e) => e.preventDefault() : onClick} {...rest}>
      {Icon && <Icon size={16} strokeWidth={1.5} aria-hidden />}
      {children}
    </button>
  );
}
