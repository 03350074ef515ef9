import { computed, shallowRef } from 'vue';
import type { Call } from '../call/use-call';
import { reportAccess } from '../report/access-report';
import { comings, keyOf, type RoomView } from '../room/room';
import { RoomLive } from '../room/room-live';
import { texts } from '../texts';
import type { Toasts } from '../ui/use-toasts';
import { messageOf } from './message-of';
import { endRoom, fetchRoomDetail, fetchStaffPass, hostLeaves, type RoomDetail } from './staff-api';
import type { Staff } from './use-staff-session';

/** The room that the desk shows: who is in it, its video, its end. */
export class HostRoom {
  readonly detail = shallowRef<RoomDetail>();
  /** the room as it is now */
  readonly view = shallowRef<RoomView>();
  readonly problem = shallowRef<string>();
  readonly connected = shallowRef(true);
  readonly inCall = shallowRef(false);
  /** the key of the participant that this page is in the call */
  readonly self = computed(() => {
    // of the full record: in the public view a host who has left is missing
    const host = this.detail.value?.participants.find(({ role }) => role === 'host');
    // managers are in the video without being in the list
    return this.isHost && host ? keyOf(host) : `manager:${this.staff.session.value?.user.id ?? ''}`;
  });
  private roomId: string | undefined;
  private live: RoomLive | undefined;
  private enteredAt = 0;
  /** put aside by the browser: the host has left, and what still reaches the page must not bring them back */
  private aside = false;

  constructor(
    readonly call: Call,
    private readonly staff: Staff,
    private readonly toasts: Toasts,
  ) {}

  start(): void {
    window.addEventListener('pagehide', this.onHidden);
    window.addEventListener('pageshow', this.onShown);
  }

  stop(): void {
    window.removeEventListener('pagehide', this.onHidden);
    window.removeEventListener('pageshow', this.onShown);
    this.live?.stop();
    this.goOut();
    this.toasts.clear();
  }

  /** Turns to another room, or to none. */
  async choose(roomId: string | undefined): Promise<void> {
    this.live?.stop();
    this.goOut();
    this.roomId = roomId;
    for (const each of [this.detail, this.view, this.problem]) each.value = undefined;
    if (roomId === undefined) return;
    this.watchRoom(roomId);
    try {
      const found = await this.staff.as(({ token }) => fetchRoomDetail(token, roomId));
      if (this.roomId === roomId) this.detail.value = found;
    } catch (error) {
      if (this.roomId === roomId) this.problem.value = messageOf(error);
    }
  }

  /** What could not be had is asked for anew. */
  retry(): void {
    void this.choose(this.roomId);
  }

  enter(): void {
    if (this.roomId === undefined) return;
    this.inCall.value = true;
    this.enteredAt = Date.now();
    reportAccess(this.roomId, { event: 'join' });
    this.startCall(this.roomId);
  }

  /** The host goes; the room goes on. */
  leave(): void {
    const { roomId } = this;
    this.goOut();
    if (roomId !== undefined && this.isHost)
      void this.staff.as(({ token }) => hostLeaves(token, roomId)).catch(() => undefined);
  }

  async end(): Promise<void> {
    const { roomId } = this;
    if (roomId === undefined) return;
    await this.staff.as(({ token }) => endRoom(token, roomId));
    this.live?.refresh();
  }

  private get isHost(): boolean {
    return this.detail.value?.hostId === this.staff.session.value?.user.id;
  }

  private watchRoom(roomId: string): void {
    this.live = new RoomLive(roomId, {
      room: (room) => {
        this.tellComings(room);
        this.view.value = room;
        if (room.status === 'ended') this.goOut();
        else void this.lookForMyself(room);
      },
      missing: () => {
        this.problem.value = texts.notices.missing.title;
        this.goOut();
      },
      reachable: (is) => {
        this.connected.value = is;
      },
    });
    this.live.start();
  }

  /** Another page of the same host may have left the room for this one too; a token brings the host back. */
  private async lookForMyself({ roomId, participants }: RoomView): Promise<void> {
    if (!this.inCall.value || this.aside || !this.isHost || participants.some(({ role }) => role === 'host'))
      return;
    await this.staff.as(({ token, user }) => fetchStaffPass(token, user, roomId)).catch(() => undefined);
  }

  /** The token that it asks for brings the host back into the room. */
  private startCall(roomId: string): void {
    this.call.start(this.self.value, () =>
      this.staff.as(({ token, user }) => fetchStaffPass(token, user, roomId)),
    );
  }

  /** Out of the video; the room is another matter. */
  private goOut(): void {
    if (!this.inCall.value) return;
    this.inCall.value = false;
    this.reportStay();
    this.call.stop();
    this.call.devices.close();
  }

  private tellComings(after: RoomView): void {
    const before = this.view.value;
    if (!before || after.status === 'ended') return;
    const { joined, left } = comings(before, after);
    for (const each of joined) if (each.role === 'guest') this.toasts.say(texts.call.joined(each.userName));
    for (const each of left) if (each.role === 'guest') this.toasts.say(texts.call.left(each.userName));
  }

  /** The page is being closed, or put aside by a browser that may bring it back as it is. */
  private readonly onHidden = (): void => {
    this.aside = true;
    const { roomId } = this;
    const token = this.staff.session.value?.token;
    if (!this.inCall.value || roomId === undefined) return;
    this.reportStay();
    if (this.isHost && token !== undefined) void hostLeaves(token, roomId, true).catch(() => undefined);
  };

  private readonly onShown = ({ persisted }: PageTransitionEvent): void => {
    this.aside = false;
    if (!persisted || !this.inCall.value || this.roomId === undefined) return;
    this.enteredAt = Date.now();
    this.startCall(this.roomId);
  };

  private reportStay(): void {
    reportAccess(this.roomId, { event: 'leave', stayDuration: Date.now() - this.enteredAt });
  }
}
