import { Injectable } from '@nestjs/common';
import type { MaybeMemberCaller } from '../../common/access/caller';
import { maskPhone } from '../../common/logging/masking';
import { Settings } from '../../config/settings';
import { ContactsService } from '../contacts/contacts.service';
import { JOB_STATUS, type Job } from './job.schema';

/** A mobile number or a landline, with the spaces and hyphens that people put into it. */
const PHONE = /(?<!\d)(?:1[3-9]\d(?:[\s-]?\d){8}|0\d{2,3}[\s-]?\d{7,8}|[48]00(?:[\s-]?\d){7})(?!\d)/g;

/** Who may see the phone of a job. */
@Injectable()
export class ContactVisibility {
  private readonly open: boolean;

  constructor(
    private readonly contacts: ContactsService,
    settings: Settings,
  ) {
    this.open = settings.env.CONTACT_VISIBILITY === 'open';
  }

  /**
   * How the caller sees each of the jobs: as they are, or with every phone number masked. Open to everybody while the
   * job is active, or (CONTACT_VISIBILITY=voucher) to its owner and to who has paid; theirs alone once it is closed.
   */
  async seenBy({ principal }: MaybeMemberCaller, jobs: Job[]): Promise<(job: Job) => Job> {
    const hidden = jobs.filter(
      ({ status, memberId }) => memberId !== principal?.id && !(this.open && status === JOB_STATUS.active),
    );
    const ids = hidden.map(({ _id }) => _id);
    const paid = principal && ids.length > 0 ? await this.contacts.hasPaid(principal.id, ids) : undefined;
    const masked = new Set(ids.filter((id) => !paid?.has(id)));
    return (job) => (masked.has(job._id) ? withoutPhones(job) : job);
  }
}

function withoutPhones(job: Job): Job {
  const mask = (text: string) => text.replace(PHONE, (phone) => maskPhone(phone.replace(/\D/g, '')));
  return {
    ...job,
    contact: maskPhone(job.contact),
    contactPersonName: mask(job.contactPersonName),
    companyName: mask(job.companyName),
    positions: mask(job.positions),
    description: mask(job.description),
    address: mask(job.address),
  };
}
