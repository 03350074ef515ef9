import { createSecretKey } from 'node:crypto';
import { plainToInstance } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Min, validateOrReject } from 'class-validator';
import type { NextFunction, Request, Response } from 'express';
import jwt from 'jsonwebtoken';
import { startSession } from 'mongoose';
import { contactOf, entryOf, mustPay, passId, TRANSACTION } from './contact';
import { Account, Contact, Counter, Entry, Job, Member, Pass } from './express-models';
import { ACTIVE, DONE } from './job';

class SpendBody {
  @IsInt()
  @Min(1)
  purpose_id!: number;

  @IsOptional()
  @IsIn([1, 2, 3])
  purpose_type?: number;
}

/** The token and the `user_id` beside it, with a look at the account. */
export function memberCheck(secret: string) {
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const claims = jwt.verify(token, key, { algorithms: ['HS256'], audience: 'marketplace' });
    const { sub, ver } = claims as jwt.JwtPayload & { ver: number };
    const member = await Member.findById(Number(sub)).select('tokenVersion');
    if (member?.tokenVersion === ver && request.headers['user_id'] === sub) next();
    else response.sendStatus(401);
  };
}

async function next(name: string): Promise<number> {
  const options = { upsert: true, returnDocument: 'after' } as const;
  return (await Counter.findByIdAndUpdate(name, { $inc: { last: 1 } }, options))?.last ?? 0;
}

/** One voucher for one contact, in one transaction. */
export async function spend(request: Request, response: Response): Promise<void> {
  const body = plainToInstance(SpendBody, request.body);
  await validateOrReject(body, { whitelist: true });
  const { purpose_id: jobId } = body;
  const memberId = Number(request.headers['user_id']);
  const contactId = await next('contact');
  const session = await startSession();
  try {
    await session.withTransaction(async () => {
      const now = new Date();
      const job = await Job.findById(jobId).session(session);
      if (job?.status !== ACTIVE || job.memberId === memberId) throw new Error('no job to contact');
      const _id = passId(memberId, jobId);
      if (!mustPay(await Pass.findById(_id).session(session), now)) return;
      await Pass.updateOne({ _id }, { paidAt: now }, { session, upsert: true });
      const account = await Account.findOneAndUpdate(
        { _id: memberId, balance: { $gte: 1 } },
        { $inc: { balance: -1, entries: 1 }, updatedAt: now },
        { session, returnDocument: 'after' },
      );
      if (!account) throw new Error('no voucher left');
      await Entry.create([entryOf(await next('voucher-entry'), account, jobId, now)], { session });
      await Contact.create([contactOf(contactId, memberId, job, now)], { session });
    }, TRANSACTION);
  } finally {
    await session.endSession();
  }
  response.json(DONE);
}
