import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { MemberCaller } from '../../common/access/caller';
import { formatShanghaiTime } from '../../common/time/shanghai';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { MembersService } from '../members/members.service';
import { CONTACT, type Contact } from './contact.schema';
import type { ContactHistoryDto, ContactList, ContactView } from './contacts.dto';

const NEWEST_FIRST = { createdAt: -1, _id: -1 } as const;
const ALL_TYPES = [1, 2, 3];

/** Whom a member has contacted, and who has contacted them. */
@Injectable()
export class ContactHistory {
  constructor(
    @InjectCollection(CONTACT) private readonly contacts: Collection<Contact>,
    private readonly members: MembersService,
  ) {}

  /** With name and phone as the job said them at the time. */
  async made(query: ContactHistoryDto, { principal }: MemberCaller): Promise<ContactList> {
    const { rows, total } = await this.page({ memberId: principal.id }, query);
    const list = rows.map((row) => view(row, { id: row.ownerId, name: row.name, phone: row.phone }));
    return { list, total };
  }

  /** With name and phone that the members who called go by today. */
  async received(query: ContactHistoryDto, { principal }: MemberCaller): Promise<ContactList> {
    const { rows, total } = await this.page({ ownerId: principal.id }, query);
    const cards = await this.members.cardsOf(rows.map(({ memberId }) => memberId));
    const list = rows.map((row) => {
      const { name = '', phone = '' } = cards.get(row.memberId) ?? {};
      return view(row, { id: row.memberId, name, phone });
    });
    return { list, total };
  }

  private page(whose: mongo.Filter<Contact>, { biz_type, page_num, page_size }: ContactHistoryDto) {
    return findPage(this.contacts, {
      filter: { ...whose, bizType: biz_type ?? { $in: ALL_TYPES } },
      sort: NEWEST_FIRST,
      page: page_num,
      pageSize: page_size,
    });
  }
}

function view(contact: Contact, other: { id: number; name: string; phone: string }): ContactView {
  return {
    id: contact._id,
    positions: contact.positions,
    address: contact.address,
    purpose_user_id: other.id,
    purpose_user_name: other.name,
    purpose_user_phone: other.phone,
    create_at: formatShanghaiTime(contact.createdAt),
  };
}
