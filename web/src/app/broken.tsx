import type { ErrorComponentProps } from "@tanstack/react-router";
import { Broken as Part } from "@/parts/boundary";

/** What is shown where the frame itself failed. */
export function Broken({ error, reset }: ErrorComponentProps) {
  return <Part what="The dashboard could not be shown" heading="h1" fault={{ error }} onRetry={reset} />;
}
