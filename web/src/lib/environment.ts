import { useQuery } from "@tanstack/react-query";
import { bootstrapQuery } from "@/lib/collections";
import { prefs, setPrefs, usePrefs, type EditMode } from "@/lib/prefs";

/** What a server may be said to be for, and the word for it. */
export const environments = { "": "None", dev: "Dev", staging: "Staging", production: "Production" } as const;
export type Environment = keyof typeof environments;

/** What the server is for; undefined until it has said so. */
export const useEnvironment = (): Environment | undefined => useQuery(bootstrapQuery).data?.environment;

/**
 * How records are edited in this browser on a server for what this one is for, and what chooses it. While that is not
 * known changes wait, as they do where people live, and nothing can be chosen.
 */
export function useEditMode(): [EditMode, ((mode: EditMode) => void) | undefined] {
  const environment = useEnvironment();
  const { editModes } = usePrefs();
  if (environment === undefined) return ["staged", undefined];
  return [
    editModes[environment] ?? (environment === "production" ? "staged" : "instant"),
    (mode) => setPrefs({ editModes: { ...prefs().editModes, [environment]: mode } }),
  ];
}
