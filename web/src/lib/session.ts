import { useSyncExternalStore } from "react";
import { apiBase, door, pb } from "@/lib/pb";

interface State {
  signedIn: boolean;
  /** The token was refused while work was going on: ask for the password over the page. */
  expired: boolean;
  /** No answer comes; asked again at this moment of the clock, in ms. */
  down: boolean;
  retryAt: number;
}

const waits = [1, 2, 5, 10, 30];
const listeners = new Set<() => void>();
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let state: State = { signedIn: signedIn(), expired: false, down: false, retryAt: 0 };

function signedIn(): boolean {
  return pb.authStore.isValid && pb.authStore.isSuperuser;
}

function set(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const tell of listeners) tell();
}

pb.authStore.onChange(() => set({ signedIn: signedIn() || state.expired, expired: state.expired && !signedIn() }));

door.open = async () => {
  if (!state.signedIn) return false;
  if (!state.expired) set({ expired: true });
  await new Promise<void>((go) => {
    const look = () => state.expired || (listeners.delete(look), go());
    listeners.add(look);
  });
  return state.signedIn;
};

function again(): void {
  const wait = waits[Math.min(tries++, waits.length - 1)]! * 1000;
  set({ down: true, retryAt: Date.now() + wait });
  clearTimeout(timer);
  timer = setTimeout(() => void session.retry(), wait);
}

/** Who works here, and whether the server is there. */
export const session = {
  get: () => state,
  /** Notes a request that failed with a status; 0 is no answer at all. */
  failed(status: number): void {
    if (status === 401 && state.signedIn) set({ expired: true });
    if (status === 0 && !state.down) again();
  },
  answered(): void {
    if (!state.down) return;
    tries = 0;
    clearTimeout(timer);
    set({ down: false });
  },
  async retry(): Promise<void> {
    try {
      await fetch(apiBase + "/api/health");
      session.answered();
      const { queries } = await import("@/lib/query");
      await queries.invalidateQueries();
    } catch {
      again();
    }
  },
  signOut(): void {
    pb.authStore.clear();
    set({ signedIn: false, expired: false });
  },
};

export function useSession(): State {
  return useSyncExternalStore(
    (tell) => (listeners.add(tell), () => listeners.delete(tell)),
    session.get,
  );
}
