import { Injectable } from '@nestjs/common';
import { type mongo, Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { Outcome } from '../../common/http/envelope';
import { type Page, pageOf } from '../../common/http/paging';
import { normaliseKeyword } from '../../common/search/search-terms';
import { Settings } from '../../config/settings';
import { type Collection, InjectCollection } from '../../database/collections';
import type { ListRoomsDto } from './interview.dto';
import { heldBy } from './room-access';
import { ROOM, ROOM_INDEXES, type Room } from './room.schema';
import {
  INVITATION_FIELDS,
  type InvitedRoom,
  LIST_FIELDS,
  type ListedRoom,
  type RoomInvitation,
  type RoomListItem,
  toInvitation,
  toListItem,
} from './room.views';

const NEWEST_FIRST = { createdAt: -1, _id: -1 } as const;

interface Plan {
  filter: mongo.Filter<Room>;
  /** the index that holds the order and every field of the filter */
  hint: string;
}

/** The caller's rooms, newest first; a manager's are all. */
@Injectable()
export class RoomListing {
  constructor(
    @InjectCollection(ROOM) private readonly rooms: Collection<Room>,
    private readonly settings: Settings,
  ) {}

  async list(query: ListRoomsDto, caller: StaffCaller): Promise<Page<RoomListItem>> {
    const { filter, hint } = planOf(query, caller);
    const { page, pageSize } = query;
    const rows = this.rooms
      .find<ListedRoom>(filter, { projection: LIST_FIELDS, hint })
      .sort(NEWEST_FIRST)
      .skip((page - 1) * pageSize)
      .limit(pageSize)
      .toArray();
    const [list, total] = await Promise.all([rows, this.count({ filter, hint })]);
    return pageOf(list.map(toListItem), total, query);
  }

  /** The newest of the caller's own rooms that run. */
  async latest({ principal }: StaffCaller): Promise<RoomInvitation | Outcome<null>> {
    const hostId = new Types.ObjectId(principal.id);
    const [room] = await this.rooms
      .find<InvitedRoom>(
        { hostId, status: 'active' },
        { projection: INVITATION_FIELDS, hint: ROOM_INDEXES.ownStatus },
      )
      .sort(NEWEST_FIRST)
      .limit(1)
      .toArray();
    return room ? toInvitation(room, this.settings.publicBaseUrl) : new Outcome('没有活跃的面试间', null);
  }

  /** Without any filter the collection's own count answers at once; else the index is counted, no document read. */
  private count({ filter, hint }: Plan): Promise<number> {
    if (Object.keys(filter).length === 0) return this.rooms.estimatedDocumentCount();
    return this.rooms.countDocuments(filter, { hint });
  }
}

/** Which filter and index answer a list: named rather than left to the database's guess, so that it stays so. */
function planOf({ keyword, status }: ListRoomsDto, { principal }: StaffCaller): Plan {
  const filter = { ...heldBy(principal), ...(status ? { status } : {}) };
  if (keyword)
    return {
      filter: { searchTerms: normaliseKeyword(keyword), ...filter },
      hint: ROOM_INDEXES.keyword,
    };
  if (filter.hostId) return { filter, hint: status ? ROOM_INDEXES.ownStatus : ROOM_INDEXES.own };
  return { filter, hint: status ? ROOM_INDEXES.status : ROOM_INDEXES.all };
}
