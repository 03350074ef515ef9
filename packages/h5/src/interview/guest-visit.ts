import { type ShallowRef, shallowRef } from 'vue';
import type { Call } from '../call/use-call';
import { ApiError, newIdempotencyKey, NoAnswer } from '../net/http';
import { reportAccess } from '../report/access-report';
import { comings, keyOf, type RoomView } from '../room/room';
import { fetchGuestPass, joinRoom, leaveRoom, leaveWhileClosing } from '../room/room-api';
import { RoomLive } from '../room/room-live';
import { texts } from '../texts';
import type { Toasts } from '../ui/use-toasts';
import { firstState, type GuestEvent, type GuestState, type Me, next } from './guest-machine';
import { guestMemory, type RememberedGuest } from './guest-memory';
import { Presence } from './presence';

export interface Introduction {
  userName: string;
  identity: string;
}

/** A guest's visit to one room, from the link to the end. What may happen when is in guest-machine.ts. */
export class GuestVisit {
  readonly state: ShallowRef<GuestState>;
  private readonly id: string;
  private readonly presence: Presence;
  private live: RoomLive | undefined;
  private joinedAt = 0;
  private comingBack = false;
  /** put aside by the browser: the guest has left, and what still reaches the page must not bring them back */
  private aside = false;
  /** a second try, after an answer that got lost, must not make a second guest */
  private attempt: { request: string; key: string } | undefined;

  constructor(
    private readonly roomId: string | undefined,
    readonly call: Call,
    private readonly toasts: Toasts,
  ) {
    this.state = shallowRef(firstState(roomId));
    this.id = roomId ?? '';
    this.presence = new Presence(this.id, {
      // a token is refused to whom the service takes for gone: after a break this may have come first
      present: () => call.resume(),
      lost: () => void this.comeBack(),
      gone: () => this.live?.refresh(),
    });
  }

  start(): void {
    reportAccess(this.roomId, { event: 'page_view' });
    if (this.roomId !== undefined) this.watchRoom();
    window.addEventListener('pagehide', this.onHidden);
    window.addEventListener('pageshow', this.onShown);
  }

  stop(): void {
    window.removeEventListener('pagehide', this.onHidden);
    window.removeEventListener('pageshow', this.onShown);
    this.live?.stop();
    this.presence.stop();
  }

  /** Who this tab's guest was before, if there was one. */
  get remembered(): RememberedGuest | undefined {
    return guestMemory.recall(this.id);
  }

  async join(introduction: Introduction): Promise<void> {
    const { value } = this.state;
    // a second tap, quicker than the button that the first has disabled
    if (value.step !== 'lobby' || value.joining) return;
    this.dispatch({ type: 'join' });
    const before = this.remembered;
    const request = { roomId: this.id, ...introduction, ...(before ? { guestId: before.guestId } : {}) };
    try {
      const me = await joinRoom(request, this.keyFor(JSON.stringify(request)));
      this.attempt = undefined;
      guestMemory.keep(this.id, me);
      this.dispatch({ type: 'joined', me });
    } catch (error) {
      if (!mayHaveSucceeded(error)) this.attempt = undefined;
      this.dispatch(refusalOf(error));
    }
  }

  private keyFor(request: string): string {
    if (this.attempt?.request !== request) this.attempt = { request, key: newIdempotencyKey() };
    return this.attempt.key;
  }

  leave(): void {
    if (this.state.value.step !== 'in-room') return;
    // what is lost here the presence that is no longer reported makes up for
    void leaveRoom(this.id, this.state.value.me.guestId).catch(() => undefined);
    this.dispatch({ type: 'leave' });
  }

  /** From a notice back to the room's door. */
  again(): void {
    const { step } = this.state.value;
    this.dispatch({ type: 'look-up' });
    // one that was missing has stopped looking
    if (step === 'missing') this.watchRoom();
    else this.live?.refresh();
  }

  private dispatch(event: GuestEvent): void {
    const before = this.state.value;
    const now = next(before, event);
    this.state.value = now;
    if (now.step === 'in-room') {
      if (before.step !== 'in-room') this.cameIn(now.me);
      else if (now.connected && !before.connected) this.presence.report();
    } else if (before.step === 'in-room') this.wentOut();
    // no camera looks at somebody who does not see its picture
    else if (before.step === 'lobby' && now.step !== 'lobby') this.call.devices.close();
    if (now.step === 'ended') guestMemory.forget(this.id);
  }

  private cameIn(me: Me): void {
    this.joinedAt = Date.now();
    reportAccess(this.roomId, { event: 'join' });
    this.toasts.say(texts.call.youJoined);
    this.presence.start(me.guestId);
    this.call.start(keyOfMe(me), () => fetchGuestPass(this.id, me.guestId, me.userName));
  }

  private wentOut(): void {
    this.reportStay();
    this.toasts.clear();
    this.presence.stop();
    this.call.stop();
    this.call.devices.close();
  }

  /** The service has given this guest's place up; the page takes it again, as the same guest. */
  private async comeBack(): Promise<void> {
    if (this.state.value.step !== 'in-room' || this.comingBack || this.aside) return;
    const { guestId, userName, identity } = this.state.value.me;
    this.comingBack = true;
    try {
      await joinRoom({ roomId: this.id, userName, identity, guestId }, newIdempotencyKey());
      this.call.resume();
    } catch (error) {
      if (!(error instanceof ApiError)) return;
      if (error.code === 'ROOM_FULL') this.dispatch({ type: 'place-lost', message: error.message });
      else this.live?.refresh();
    } finally {
      this.comingBack = false;
    }
  }

  private watchRoom(): void {
    this.live?.stop();
    this.live = new RoomLive(this.id, {
      room: (room) => {
        this.tellComings(room);
        this.dispatch({ type: 'room', room });
        this.lookForMyself(room);
      },
      missing: () => this.dispatch({ type: 'room-missing' }),
      reachable: (connected) =>
        this.dispatch(connected ? { type: 'connection', connected } : { type: 'no-answer' }),
    });
    this.live.start();
  }

  /** Another page of the same guest, a tab that was copied, may have left the room for this one too. */
  private lookForMyself({ participants }: RoomView): void {
    const { value } = this.state;
    if (value.step !== 'in-room') return;
    const self = keyOfMe(value.me);
    if (!participants.some((each) => keyOf(each) === self)) this.presence.report();
  }

  /** Tells who else has come and gone, while one is there. */
  private tellComings(after: RoomView): void {
    const { value } = this.state;
    if (value.step !== 'in-room' || after.status === 'ended') return;
    const self = keyOfMe(value.me);
    const { joined, left } = comings(value.room, after);
    for (const each of joined) if (keyOf(each) !== self) this.toasts.say(texts.call.joined(each.userName));
    for (const each of left) if (keyOf(each) !== self) this.toasts.say(texts.call.left(each.userName));
  }

  /** The page is being closed, or put aside by a browser that may bring it back as it is. */
  private readonly onHidden = (): void => {
    this.aside = true;
    if (this.state.value.step !== 'in-room') return;
    leaveWhileClosing(this.id, this.state.value.me.guestId);
    this.reportStay();
  };

  private readonly onShown = ({ persisted }: PageTransitionEvent): void => {
    this.aside = false;
    if (!persisted) return;
    this.joinedAt = Date.now();
    this.live?.refresh();
    this.presence.report();
  };

  private reportStay(): void {
    reportAccess(this.roomId, { event: 'leave', stayDuration: Date.now() - this.joinedAt });
  }
}

export function keyOfMe({ joinedAt }: Me): string {
  return keyOf({ role: 'guest', joinedAt });
}

/** Whether the service may have done what was asked for without its answer having come. */
function mayHaveSucceeded(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof ApiError && error.code === 'IDEMPOTENCY_IN_PROGRESS');
}

function refusalOf(error: unknown): GuestEvent {
  if (error instanceof ApiError) return { type: 'refused', code: error.code, message: error.message };
  return { type: 'refused', code: '', message: texts.guest.noAnswer };
}
