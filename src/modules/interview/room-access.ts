import { Types } from 'mongoose';
import type { StaffPrincipal } from '../../common/access/principal';
import { AppError } from '../../common/errors/app-error';
import { MOST_PRESENT, type Room } from './room.schema';

/** Managers and administrators have every room; everybody else has those that they host. */
export function hasAllRooms({ role }: StaffPrincipal): boolean {
  return role === 'admin' || role === 'manager';
}

export function isHost({ hostId }: Pick<Room, 'hostId'>, { id }: StaffPrincipal): boolean {
  return hostId.toHexString() === id;
}

export function holds(room: Pick<Room, 'hostId'>, principal: StaffPrincipal): boolean {
  return isHost(room, principal) || hasAllRooms(principal);
}

/** The condition under which a room is the caller's. */
export function heldBy(principal: StaffPrincipal): { hostId?: Types.ObjectId } {
  return hasAllRooms(principal) ? {} : { hostId: new Types.ObjectId(principal.id) };
}

export function roomFull(): AppError {
  return new AppError('ROOM_FULL', { message: `房间人数已满（最多 ${MOST_PRESENT} 人），请稍后再试` });
}
