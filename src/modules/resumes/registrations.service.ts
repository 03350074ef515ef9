import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Caller } from '../../common/access/caller';
import { Transactions } from '../../database/transactions';
import { newResume } from './resume-making';
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

  /** @throws {AppError} DUPLICATE_PHONE, DUPLICATE_ID_NUMBER; an anonymous caller is not told whose */
  async register(input: SelfRegisterDto, caller: Caller): Promise<z.infer<typeof registration>> {
    const resume = newResume({
      ...input,
      status: 'draft',
      leadSource: 'self-registration',
      createdBy: null,
    });
    try {
      await this.transactions.run(caller, (session) =>
        this.store.insert(resume, 'self-register', caller, session),
      );
    } catch (error) {
      throw await this.store.duplicate(error, input, false);
    }
    return toRegistration(resume);
  }
}
