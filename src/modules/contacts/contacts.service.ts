import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import { type Collection, InjectCollection } from '../../database/collections';
import { Sequences } from '../../database/sequences';
import { runAgainOnDuplicate } from '../../database/transactions';
import { CONTACT, CONTACT_PASS, type Contact, type ContactPass, passId } from './contact.schema';

/** So long the same job can be contacted again at no cost. */
export const FREE_AGAIN_MS = 30 * 24 * 3_600_000;

/** Contacts that members have made, and what they have paid for. */
@Injectable()
export class ContactsService {
  constructor(
    @InjectCollection(CONTACT) private readonly contacts: Collection<Contact>,
    @InjectCollection(CONTACT_PASS) private readonly passes: Collection<ContactPass>,
    private readonly sequences: Sequences,
  ) {}

  /** A number for `record`, given outside of its transaction, where it would be a point of conflict. */
  nextId(): Promise<number> {
    return this.sequences.next('contact');
  }

  /** Writes the contact into both members' histories. */
  async record(contact: Contact, session: ClientSession): Promise<void> {
    await this.contacts.insertOne(contact, { session });
  }

  /**
   * Whether contacting the job has to be paid for now: true once in 30 days, also for requests that come at the same
   * time, since all of them write the pair's one pass. A caller that then cannot charge must let the transaction fail.
   */
  async mustPay(memberId: number, jobId: number, session: ClientSession, now = new Date()): Promise<boolean> {
    const _id = passId(memberId, jobId);
    const pass = await this.passes.findOne({ _id }, { session });
    const due = !pass || pass.paidAt.getTime() + FREE_AGAIN_MS <= now.getTime();
    if (due) {
      await this.passes
        .updateOne({ _id }, { $set: { paidAt: now } }, { session, upsert: true })
        .catch((error: unknown) => runAgainOnDuplicate(error));
    }
    return due;
  }

  /** When the member last paid for contacting the job. By _id. */
  async lastPaidContact(memberId: number, jobId: number): Promise<Date | null> {
    const pass = await this.passes.findOne({ _id: passId(memberId, jobId) });
    return pass?.paidAt ?? null;
  }

  /** Those of the jobs that the member has ever paid for. By _id. */
  async hasPaid(memberId: number, jobIds: number[]): Promise<Set<number>> {
    const ids = new Map(jobIds.map((jobId) => [passId(memberId, jobId), jobId]));
    const found = await this.passes.find({ _id: { $in: [...ids.keys()] } }).toArray();
    return new Set(found.flatMap(({ _id }) => ids.get(_id) ?? []));
  }
}
