import { type ShallowRef, shallowRef } from 'vue';
import { ApiError } from '../net/http';
import { texts } from '../texts';
import { logIn, logOut, type StaffSession } from './staff-api';

const KEPT_AS = 'h5.staff';
/** After these the token is no longer worth anything. */
const OVER = new Set(['UNAUTHORIZED', 'TOKEN_EXPIRED', 'ACCOUNT_DISABLED']);

export interface Staff {
  session: ShallowRef<StaffSession | undefined>;
  /** why somebody has to log in again */
  notice: ShallowRef<string | undefined>;
  logIn(username: string, password: string): Promise<void>;
  logOut(): void;
  /** Calls with the token; a refusal of the token itself leads back to the log-in. */
  as<T>(work: (session: StaffSession) => Promise<T>): Promise<T>;
}

/** Who works with this tab, until it is closed: the token is not kept anywhere else. */
export function useStaffSession(): Staff {
  const session = shallowRef(recall());
  const notice = shallowRef<string>();

  function set(next: StaffSession | undefined): void {
    session.value = next;
    try {
      if (next) sessionStorage.setItem(KEPT_AS, JSON.stringify(next));
      else sessionStorage.removeItem(KEPT_AS);
    } catch {
      // a browser that keeps nothing: a reload asks for the log-in again
    }
  }

  return {
    session,
    notice,
    async logIn(username, password) {
      const { token, user } = await logIn(username, password);
      notice.value = undefined;
      set({ token, user: { id: user.id, username: user.username, name: user.name, role: user.role } });
    },
    logOut() {
      const { value } = session;
      set(undefined);
      // what cannot be told to the service is at least forgotten here
      if (value) void logOut(value.token).catch(() => undefined);
    },
    async as(work) {
      const { value } = session;
      if (!value) throw new ApiError('UNAUTHORIZED', texts.hostPage.loginNeeded, 401, undefined);
      try {
        return await work(value);
      } catch (error) {
        if (error instanceof ApiError && OVER.has(error.code) && session.value === value) {
          notice.value = error.code === 'ACCOUNT_DISABLED' ? error.message : texts.hostPage.loginNeeded;
          set(undefined);
        }
        throw error;
      }
    },
  };
}

function recall(): StaffSession | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? 'null') as StaffSession | null;
    return typeof kept?.token === 'string' && typeof kept.user?.id === 'string' ? kept : undefined;
  } catch {
    return undefined;
  }
}
