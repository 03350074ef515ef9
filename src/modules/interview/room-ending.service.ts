import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AppError } from '../../common/errors/app-error';
import { Zego } from '../../platforms/zego/zego';
import { holds, isHost } from './room-access';
import { RoomClosing } from './room-closing';
import { RoomStore } from './room-store';
import type { EndReason, Room, StoredRoom } from './room.schema';
import { type EndedRoom, toEnded } from './room.views';

/** The end of a room: once, whoever brings it about. */
@Injectable()
export class RoomEnding {
  constructor(
    private readonly store: RoomStore,
    private readonly closing: RoomClosing,
    private readonly zego: Zego,
  ) {}

  /**
   * Ends a room, or tells how it ended.
   * @throws {AppError} ROOM_NOT_FOUND; FORBIDDEN for somebody else's room
   */
  async byStaff(roomId: string, { principal }: StaffCaller): Promise<EndedRoom> {
    const room = await this.store.find(roomId);
    if (!holds(room, principal)) throw new AppError('FORBIDDEN', { message: '只有主持人或经理可以结束房间' });
    if (room.status === 'ended') return toEnded(room);
    const ended = await this.end(room, isHost(room, principal) ? 'host' : 'manager');
    // somebody else was quicker: there is one end
    return toEnded(ended ?? (await this.store.find(roomId)));
  }

  /** @param where what must still be so; null when it is not, or when the room has ended */
  async end(
    room: Pick<Room, '_id' | 'createdAt'>,
    reason: EndReason,
    where?: mongo.Filter<Room>,
  ): Promise<StoredRoom | null> {
    const closesMedia = this.zego.configured;
    const ended = await this.store.end(room, { at: new Date(), reason, closesMedia }, where);
    if (ended && closesMedia) await this.closing.enqueue(ended.roomId);
    return ended;
  }
}
