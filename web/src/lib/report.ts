/** What went wrong in the dashboard itself, and where. */
export interface Fault {
  error: unknown;
  /** The components in which it happened, the innermost first. */
  components?: string | null;
}

/** Where it happened, without what somebody looked at. */
export interface Place {
  what: string;
  version: string;
  /** The pattern of the address, as "/c/$name": the address itself may hold a filter, an id or a token. */
  screen: string;
}

/** A browser's sentence without the data that it quotes. */
function unquoted(message: string): string {
  return message.replace(/".*"/s, '"…"').replace(/(' in ).*/s, "$1…").replace(/(expression: ).*/s, "$1…");
}

/** The lines of a stack that say where. */
function places(stack: string | null | undefined): string {
  const lines = (stack ?? "").split("\n").filter((line) => /^\s*at |@.*:\d+$/.test(line));
  return lines.join("\n").replaceAll(location.origin, "") || "    unknown";
}

/** All that helps to mend a fault, to be handed to anybody: nothing in it is secret or anybody's data. */
export function reportOf({ error, components }: Fault, { what, version, screen }: Place): string {
  const e = error instanceof Error ? error : undefined;
  return [
    what,
    `version: ${version}`,
    `screen: ${screen}`,
    `browser: ${navigator.userAgent}`,
    `at: ${new Date().toISOString()}`,
    `message: ${e ? `${e.name}: ${unquoted(e.message)}` : `a ${typeof error} was thrown`}`,
    `stack:\n${places(e?.stack?.replace(e.message, ""))}`,
    `components:\n${places(components)}`,
  ].join("\n");
}
