import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ClientSession, Types } from 'mongoose';
import { type Collection, InjectCollection } from '../../database/collections';
import { AccountBelongings } from '../users/account-belongings';
import { ROOM, type Room } from './room.schema';

/** Rooms follow their host to the account that takes the place of the host's former one. */
@Injectable()
export class RoomHandover implements OnModuleInit {
  constructor(
    @InjectCollection(ROOM) private readonly rooms: Collection<Room>,
    private readonly belongings: AccountBelongings,
  ) {}

  onModuleInit(): void {
    this.belongings.register((from, to, session) => this.move(from, to, session));
  }

  private async move(from: Types.ObjectId, to: Types.ObjectId, session: ClientSession): Promise<void> {
    await this.rooms.updateMany(
      { hostId: from },
      {
        $set: { hostId: to, 'participants.$[host].userId': to.toHexString() },
      },
      { session, arrayFilters: [{ 'host.role': 'host' }] },
    );
  }
}
