import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { Caller } from '../../common/access/caller';
import { AppError } from '../../common/errors/app-error';
import type { GuestDto, JoinDto, JoinedGuest, Presence } from './interview.dto';
import { RoomStore } from './room-store';
import { roomFull } from './room-access';
import { MOST_PARTICIPANTS, MOST_PRESENT, type Participant, type StoredRoom } from './room.schema';

/** 128 bits: whoever knows a guest's id speaks for that guest. */
const ID_BYTES = 16;
/** How often a room may have changed between the look and the step. */
const TRIES = 5;

/** People who come to a room by its link. */
@Injectable()
export class Guests {
  constructor(private readonly store: RoomStore) {}

  /**
   * Joins, or goes on as the guest that one was before.
   * @throws {AppError} ROOM_NOT_FOUND, ROOM_ENDED, ROOM_FULL
   */
  async join(input: JoinDto, { session }: Caller): Promise<JoinedGuest> {
    for (let tries = 0; tries < TRIES; tries++) {
      const room = await this.store.find(input.roomId, session);
      if (room.status === 'ended') throw new AppError('ROOM_ENDED');
      const known = guestOf(room, input.guestId);
      if (!known || known.leftAt) requirePlace(room, known);
      const joined = await (known ? this.comeBack(input, known, session) : this.enter(input, session));
      if (joined) return joined;
    }
    throw new AppError('SERVICE_UNAVAILABLE', { message: '系统繁忙，请重试', retryAfter: 1 });
  }

  /** Of a guest who has left already, or whom nobody knows, nothing is to be done. */
  async leave({ roomId, guestId }: GuestDto): Promise<void> {
    if (await this.store.leave(roomId, asGuest(guestId))) return;
    await this.store.find(roomId);
  }

  /** A page is still open. One that was taken for closed is in the room again, if there is a place. */
  async report({ roomId, guestId }: GuestDto): Promise<Presence> {
    if (await this.store.report(roomId, asGuest(guestId))) return { roomId, status: 'active', present: true };
    const room = await this.store.find(roomId);
    if (room.status === 'ended' || !guestOf(room, guestId)?.silent)
      return { roomId, status: room.status, present: false };
    const back = await this.store.resume(
      roomId,
      { ...asGuest(guestId), silent: true },
      { seenAt: new Date() },
    );
    return { roomId, status: room.status, present: back !== null };
  }

  private async enter(input: JoinDto, session?: ClientSession): Promise<JoinedGuest | null> {
    const { roomId, userName, identity } = input;
    const guest: Participant = {
      userId: `guest_${randomBytes(ID_BYTES).toString('hex')}`,
      userName,
      role: 'guest',
      identity,
      joinedAt: new Date(),
      leftAt: null,
    };
    return (await this.store.add(roomId, guest, session)) && toJoined(roomId, guest);
  }

  private async comeBack(
    { roomId, userName, identity }: JoinDto,
    known: Participant,
    session?: ClientSession,
  ): Promise<JoinedGuest | null> {
    const said = { userName, identity };
    const who = asGuest(known.userId);
    const room = known.leftAt
      ? await this.store.resume(roomId, who, said, session)
      : await this.store.rename(roomId, who, said, session);
    return room && toJoined(roomId, { ...known, ...said });
  }
}

function asGuest(userId: string) {
  return { userId, role: 'guest' as const };
}

function guestOf(room: StoredRoom, guestId: string | undefined): Participant | undefined {
  return guestId
    ? room.participants.find(({ userId, role }) => userId === guestId && role === 'guest')
    : undefined;
}

function requirePlace(room: StoredRoom, known: Participant | undefined): void {
  if (room.present >= MOST_PRESENT) throw roomFull();
  if (!known && room.participants.length >= MOST_PARTICIPANTS)
    throw new AppError('ROOM_FULL', {
      message: `房间的进出记录已满（最多 ${MOST_PARTICIPANTS} 人次），请联系主持人新建房间`,
    });
}

function toJoined(roomId: string, { userId, userName, identity, joinedAt }: Participant): JoinedGuest {
  return { guestId: userId, roomId, userName, identity, joinedAt: joinedAt.toISOString() };
}
