import { Injectable } from '@nestjs/common';
import type { MaybeMemberCaller } from '../../common/access/caller';
import { maskPhone } from '../../common/logging/masking';
import { withoutPhones } from '../../common/logging/written-phones';
import { Settings } from '../../config/settings';
import { ContactsService } from '../contacts/contacts.service';
import { JOB_STATUS } from './job-status';
import type { Job } from './job.schema';

/** The texts of a job, in which people write numbers too. */
const TEXTS = ['contactPersonName', 'companyName', 'positions', 'description', 'address'] as const;

/** A job, or that part of it which an answer shows. */
type SeenJob = Pick<Job, '_id' | 'memberId' | 'status'> &
  Partial<Pick<Job, 'contact' | (typeof TEXTS)[number]>>;

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
  async seenBy<T extends SeenJob>({ principal }: MaybeMemberCaller, jobs: T[]): Promise<(job: T) => T> {
    const hidden = jobs.filter(
      ({ status, memberId }) => memberId !== principal?.id && !(this.open && status === JOB_STATUS.active),
    );
    const ids = hidden.map(({ _id }) => _id);
    const paid = principal && ids.length > 0 ? await this.contacts.hasPaid(principal.id, ids) : undefined;
    const masked = new Set(ids.filter((id) => !paid?.has(id)));
    return (job) => (masked.has(job._id) ? concealed(job) : job);
  }
}

function concealed<T extends SeenJob>(job: T): T {
  const seen = { ...job };
  for (const name of TEXTS) if (seen[name] !== undefined) seen[name] = withoutPhones(seen[name]);
  if (seen.contact !== undefined) seen.contact = maskPhone(seen.contact);
  return seen;
}
