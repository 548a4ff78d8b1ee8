import clsx from "clsx";
import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";
import { Tip } from "@/parts/tip";

type Look = "primary" | "plain" | "quiet" | "danger";

const looks: Record<Look, string> = {
  primary: "bg-accent text-on-accent border-transparent hover:brightness-110",
  plain: "bg-bg text-text border-border hover:bg-hover",
  quiet: "bg-transparent text-text border-transparent hover:bg-hover",
  danger: "bg-danger text-on-danger border-transparent hover:brightness-110",
};

const base = "target inline-flex items-center justify-center gap-1.5 rounded-sm border font-medium whitespace-nowrap select-none disabled:opacity-55";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  icon?: LucideIcon;
  /** The work it began is not done yet: it cannot be pressed again. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with a verb on it. */
export function Button({ look = "plain", icon: Icon, busy, children, className, disabled, type = "button", ...rest }: Props) {
  return (
    <button type={type} className={clsx(base, "h-8 px-3 text-body", looks[look], className)} disabled={disabled || busy} aria-busy={busy || undefined} {...rest}>
      {Icon && <Icon size={16} strokeWidth={1.5} aria-hidden />}
      {children}
    </button>
  );
}

/** A button that is an icon; its name is read out and shown on hover and focus. */
export function IconButton({ name, keys, icon: Icon, look = "quiet", className, type = "button", ...rest }: Omit<Props, "children" | "busy"> & { name: string; keys?: string; icon: LucideIcon }) {
  return (
    <Tip text={name} keys={keys}>
      <button type={type} aria-label={name} className={clsx(base, "size-7 shrink-0", looks[look], className)} {...rest}>
        <Icon size={16} strokeWidth={1.5} aria-hidden />
      </button>
    </Tip>
  );
}
