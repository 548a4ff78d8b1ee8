import { keyNames, useKeysOf } from "@/lib/keys";

/** Keys as they are written on a keyboard. */
export const Keys = ({ keys }: { keys: string }) => <>{keyNames(keys).map((k, i) => <kbd key={i} className="ml-1">{k}</kbd>)}</>;

/** The keys that an action is bound to, also when a person has chosen others for it. */
export function KeysOf({ action }: { action: string }) {
  const keys = useKeysOf(action);
  return keys && <Keys keys={keys} />;
}
