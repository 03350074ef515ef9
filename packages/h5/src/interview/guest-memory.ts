/** What a page that is opened again in the same tab still knows of its guest. */
export interface RememberedGuest {
  guestId: string;
  userName: string;
  identity: string;
}

const keyOf = (roomId: string) => `h5.guest.${roomId}`;

/** Browsers that keep nothing (private windows of some) make a guest who comes back a new one. */
export const guestMemory = {
  recall(roomId: string): RememberedGuest | undefined {
    try {
      const kept = JSON.parse(sessionStorage.getItem(keyOf(roomId)) ?? 'null') as RememberedGuest | null;
      return typeof kept?.guestId === 'string' ? kept : undefined;
    } catch {
      return undefined;
    }
  },
  keep(roomId: string, { guestId, userName, identity }: RememberedGuest): void {
    try {
      sessionStorage.setItem(keyOf(roomId), JSON.stringify({ guestId, userName, identity }));
    } catch {
      // full or forbidden
    }
  },
  forget(roomId: string): void {
    try {
      sessionStorage.removeItem(keyOf(roomId));
    } catch {
      // forbidden
    }
  },
};
