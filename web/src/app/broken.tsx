import type { ErrorComponentProps } from "@tanstack/react-router";
import { Failed } from "@/parts/states";

/** What is shown where a part of the dashboard itself failed. */
export function Broken({ error, reset }: ErrorComponentProps) {
  return <Failed what="This screen has failed" error={error} onRetry={reset} />;
}
