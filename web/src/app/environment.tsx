import clsx from "clsx";
import { environments, useEnvironment } from "@/lib/environment";

const looks = { dev: "border text-info", staging: "border border-warning text-warning", production: "bg-production font-semibold text-on-production" };

/** What the server is for, beside its name; above all of the bar when people live on it. */
export function EnvironmentBadge() {
  const environment = useEnvironment();
  if (!environment) return null;
  return (
    <>
      {environment === "production" && <span aria-hidden className="absolute inset-x-0 top-0 h-1 bg-production" />}
      <span className={clsx("shrink-0 rounded-sm px-1.5 text-label", looks[environment])}>
        <span className="sr-only">Environment: </span>
        {environments[environment]}
      </span>
    </>
  );
}
