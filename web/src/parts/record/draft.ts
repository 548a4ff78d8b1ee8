import { pb } from "@/lib/pb";

export type Values = Record<string, unknown>;

/** What was typed and not saved, and what stood there when it was. */
export interface Draft {
  values: Values;
  seen: Values;
}

const key = (collection: string, id: string) => `holdall_draft_${pb.authStore.record?.id}_${collection}_${id}`;

/** Drafts are of whoever made them, and live as long as the tab; passwords and files are not kept in them. */
export function writeDraft(collection: string, id: string, values: Values, seen: Values = {}): void {
  const safe = Object.entries(values).filter(([k, v]) => !/password/i.test(k) && !(v instanceof File) && !(Array.isArray(v) && v.some((x) => x instanceof File)));
  if (!safe.length) return;
  const draft: Draft = { values: Object.fromEntries(safe), seen: Object.fromEntries(safe.map(([k]) => [k, seen[k]])) };
  sessionStorage.setItem(key(collection, id), JSON.stringify(draft));
}

export function readDraft(collection: string, id: string): Draft | undefined {
  const text = sessionStorage.getItem(key(collection, id));
  return text ? (JSON.parse(text) as Draft) : undefined;
}

export function clearDraft(collection: string, id: string): void {
  sessionStorage.removeItem(key(collection, id));
}
