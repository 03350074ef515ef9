import { Injectable } from '@nestjs/common';
import { type mongo, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AppError } from '../../common/errors/app-error';
import { hasAllRooms, holds, isHost, roomFull } from './room-access';
import { isThere, RoomStore } from './room-store';
import { MOST_PRESENT, type Room, type StoredRoom } from './room.schema';

const HOST = { role: 'host' } as const;
/** How often a room may have changed between the look and the step. */
const TRIES = 5;

/** Who may be in the media of a room, asked each time that somebody wants a token for it. */
@Injectable()
export class RoomAdmission {
  constructor(private readonly store: RoomStore) {}

  /**
   * A guest who is in the room, which is running. One database call.
   * @throws {AppError} ROOM_NOT_FOUND, ROOM_ENDED, FORBIDDEN
   */
  async admitGuest(roomId: string, guestId: string): Promise<void> {
    if (await this.store.touch(roomId, isThere({ userId: guestId, role: 'guest' }))) return;
    const room = await this.store.find(roomId);
    if (room.status === 'ended') throw new AppError('ROOM_ENDED');
    throw new AppError('FORBIDDEN', { message: '您不在该房间中，请重新加入' });
  }

  /**
   * The host, whom this brings back into the room, or a manager. One database call but for a host who was away.
   * @param userId under which the device logs in at ZEGO
   * @throws {AppError} ROOM_NOT_FOUND, ROOM_ENDED, FORBIDDEN, ROOM_FULL
   */
  async admitStaff(roomId: string, userId: string, { principal }: StaffCaller): Promise<void> {
    const alias = userId === principal.id ? {} : { hostZegoUserId: userId };
    if (await this.store.touch(roomId, { ...alias, ...mayEnter(principal) })) return;
    for (let tries = 0; tries < TRIES; tries++) {
      const room = await this.store.find(roomId);
      requireAdmissible(room, userId, principal);
      const admitted = isHost(room, principal)
        ? await this.bringBack(room)
        : await this.store.touch(roomId, {});
      if (admitted) return;
    }
    throw new AppError('SERVICE_UNAVAILABLE', { message: '系统繁忙，请重试', retryAfter: 1 });
  }

  /**
   * The host leaves the room without ending it; a token brings them back.
   * @throws {AppError} ROOM_NOT_FOUND, FORBIDDEN
   */
  async hostLeaves(roomId: string, { principal }: StaffCaller): Promise<void> {
    const room = await this.store.find(roomId);
    if (!isHost(room, principal)) throw new AppError('FORBIDDEN', { message: '只有主持人可以进行此操作' });
    await this.store.leave(roomId, HOST);
  }

  private async bringBack(room: StoredRoom): Promise<boolean> {
    const { roomId, participants, present } = room;
    const hasHost = participants.some(({ role, leftAt }) => role === 'host' && leftAt === null);
    if (hasHost) return this.store.touch(roomId, isThere(HOST));
    if (present >= MOST_PRESENT) throw roomFull();
    return (await this.store.resume(roomId, HOST, {})) !== null;
  }
}

/** The host who is in the room; managers, whether anybody is, into all that are not their own. */
function mayEnter(principal: StaffCaller['principal']): mongo.Filter<Room> {
  const hosts = isThere({ ...HOST, userId: principal.id });
  return hasAllRooms(principal)
    ? { $or: [hosts, { hostId: { $ne: new Types.ObjectId(principal.id) } }] }
    : hosts;
}

function requireAdmissible(room: StoredRoom, userId: string, principal: StaffCaller['principal']): void {
  if (room.status === 'ended') throw new AppError('ROOM_ENDED');
  if (!holds(room, principal)) throw new AppError('FORBIDDEN', { message: '只有主持人或经理可以进入房间' });
  if (userId !== principal.id && userId !== room.hostZegoUserId)
    throw new AppError('FORBIDDEN', { message: 'userId 应为本人账号编号，或房间主持人的视频编号' });
}
