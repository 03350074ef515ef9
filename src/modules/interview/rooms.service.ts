import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import type { Caller, StaffCaller } from '../../common/access/caller';
import { AppError, invalidField } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { normaliseKeyword, LONGEST_KEYWORD, searchTerms } from '../../common/search/search-terms';
import { Settings } from '../../config/settings';
import { type Collection, InjectCollection } from '../../database/collections';
import { CustomersService } from '../customers/customers.service';
import { ResumesService } from '../resumes/resumes.service';
import type { CreateNamedRoomDto, CreateRoomDto } from './interview.dto';
import { holds } from './room-access';
import { type PublicRoom, toPublicRoom } from './room-public.views';
import { RoomStore } from './room-store';
import { ROOM, type Room } from './room.schema';
import { type RoomDetail, type RoomInvitation, toDetail, toInvitation } from './room.views';

/** 144 bits in 24 characters: with `roomId=` before them they fit into a mini-program code's 32. */
const ID_BYTES = 18;

/** Rooms in the hands of staff: made and read. */
@Injectable()
export class RoomsService {
  constructor(
    @InjectCollection(ROOM) private readonly rooms: Collection<Room>,
    private readonly store: RoomStore,
    private readonly customers: CustomersService,
    private readonly resumes: ResumesService,
    private readonly settings: Settings,
  ) {}

  /** @throws {AppError} ROOM_EXISTS */
  async createNamed(input: CreateNamedRoomDto, caller: StaffCaller): Promise<RoomInvitation> {
    return toInvitation(await this.insert(newRoom(input, caller), caller), this.settings.publicBaseUrl);
  }

  /** @throws {AppError} ROOM_EXISTS; FORBIDDEN for a customer or a resume that the caller may not see */
  async create(input: CreateRoomDto, caller: StaffCaller): Promise<RoomDetail> {
    await Promise.all([
      this.requireCustomer(input.customerId, caller),
      this.requireResume(input.resumeId, caller),
    ]);
    return toDetail(await this.insert(newRoom(input, caller), caller), this.settings.publicBaseUrl);
  }

  /**
   * The whole record for its host and for managers, what everybody may see for everybody else.
   * @throws {AppError} ROOM_NOT_FOUND
   */
  async get(roomId: string, { principal }: Caller): Promise<RoomDetail | PublicRoom> {
    const room = await this.store.find(roomId);
    if (principal?.kind !== 'staff' || !holds(room, principal)) return toPublicRoom(room);
    return toDetail(room, this.settings.publicBaseUrl);
  }

  private async insert(room: Room, { session }: StaffCaller): Promise<Room> {
    try {
      await this.rooms.insertOne(room, { session });
    } catch (error) {
      if (duplicateKeyFields(error)?.includes('roomId')) throw new AppError('ROOM_EXISTS');
      throw error;
    }
    return room;
  }

  private async requireCustomer(id: string | undefined, caller: StaffCaller): Promise<void> {
    if (id && !(await this.customers.isThere(id, caller))) throw invalidField('customerId', '客户不存在');
  }

  private async requireResume(id: string | undefined, caller: StaffCaller): Promise<void> {
    if (id && !(await this.resumes.isThere(id, caller))) throw invalidField('resumeId', '简历不存在');
  }
}

function newRoom(input: CreateRoomDto, { principal }: StaffCaller): Room {
  const now = new Date();
  const roomId = input.roomId ?? randomBytes(ID_BYTES).toString('base64url');
  const hostName = input.hostName ?? principal.name;
  return {
    _id: new Types.ObjectId(),
    roomId,
    roomName: input.roomName,
    hostId: new Types.ObjectId(principal.id),
    hostName,
    hostZegoUserId: input.hostZegoUserId ?? null,
    source: input.source ?? null,
    customerId: input.customerId ? new Types.ObjectId(input.customerId) : null,
    resumeId: input.resumeId ? new Types.ObjectId(input.resumeId) : null,
    scheduledAt: input.scheduledAt ?? null,
    status: 'active',
    participants: [
      { userId: principal.id, userName: hostName, role: 'host', identity: '', joinedAt: now, leftAt: null },
    ],
    present: 1,
    revision: 0,
    lastActivityAt: now,
    lastLeftAt: null,
    endedAt: null,
    duration: null,
    endReason: null,
    searchTerms: [
      ...new Set([
        ...searchTerms(input.roomName),
        ...searchTerms(hostName),
        normaliseKeyword(roomId).slice(0, LONGEST_KEYWORD),
      ]),
    ],
    createdAt: now,
  };
}
