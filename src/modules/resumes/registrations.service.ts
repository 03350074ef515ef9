import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Caller } from '../../common/access/caller';
import { Transactions } from '../../database/transactions';
import { newResume, registeredAgain } from './resume-making';
import { type registration, toRegistration } from './resume-public.views';
import { ResumeStore } from './resume.store';
import type { SelfRegisterDto } from './resumes.dto';

/** People who register themselves: drafts, which staff look at before anybody else sees them. */
@Injectable()
export class Registrations {
  constructor(
    private readonly store: ResumeStore,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Whoever was turned down may come again, and is looked at again.
   * @throws {AppError} DUPLICATE_PHONE, DUPLICATE_ID_NUMBER; an anonymous caller is not told whose
   */
  async register(input: SelfRegisterDto, caller: Caller): Promise<z.infer<typeof registration>> {
    const fresh = newResume({
      ...input,
      status: 'draft',
      leadSource: 'self-registration',
      createdBy: null,
    });
    try {
      return await this.transactions.run(caller, async (session) => {
        const rejected = await this.store.rejected(input.phone, session);
        const resume = rejected ? registeredAgain(rejected, fresh) : fresh;
        if (rejected) await this.store.change(rejected, resume, 'self-register', caller, session);
        else await this.store.insert(resume, 'self-register', caller, session);
        return toRegistration(resume);
      });
    } catch (error) {
      throw await this.store.duplicate(error, input, false);
    }
  }
}
