import { ApiError } from '../net/http';
import { reportPresence } from '../room/room-api';

const EVERY_MS = 30_000;

/** Tells the service every 30 seconds that this guest's page is still open: else the place is given up after 90. */
export class Presence {
  private guestId: string | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly roomId: string,
    private readonly told: {
      /** the guest is in the room */
      present(): void;
      /** the guest is no longer in the room, which goes on */
      lost(): void;
      /** the room does not go on */
      gone(): void;
    },
  ) {}

  start(guestId: string): void {
    this.stop();
    this.guestId = guestId;
    this.timer = setInterval(() => this.report(), EVERY_MS);
    this.report();
  }

  /** Now, besides. */
  report(): void {
    if (this.guestId !== undefined) void this.reportAs(this.guestId);
  }

  stop(): void {
    clearInterval(this.timer);
    this.guestId = undefined;
  }

  private async reportAs(guestId: string): Promise<void> {
    try {
      const { status, present } = await reportPresence(this.roomId, guestId);
      if (this.guestId !== guestId) return;
      if (status === 'ended') this.told.gone();
      else if (present) this.told.present();
      else this.told.lost();
    } catch (error) {
      // no answer: the room's own connection tells of it, and asks for a report when it is back
      if (this.guestId === guestId && error instanceof ApiError && error.code === 'ROOM_NOT_FOUND')
        this.told.gone();
    }
  }
}
