export type Values = Record<string, unknown>;

const key = (collection: string, id: string) => `holdall_draft_${collection}_${id}`;

/** Drafts live as long as the tab; passwords and files are not kept in them. */
export function writeDraft(collection: string, id: string, values: Values): void {
  const safe = Object.entries(values).filter(([k, v]) => !/password/i.test(k) && !(v instanceof File) && !(Array.isArray(v) && v.some((x) => x instanceof File)));
  if (safe.length) sessionStorage.setItem(key(collection, id), JSON.stringify(Object.fromEntries(safe)));
}

export function readDraft(collection: string, id: string): Values | undefined {
  const text = sessionStorage.getItem(key(collection, id));
  return text ? (JSON.parse(text) as Values) : undefined;
}

export function clearDraft(collection: string, id: string): void {
  sessionStorage.removeItem(key(collection, id));
}
