import { Types } from 'mongoose';
import type { Customer } from '../../src/modules/customers/customer.schema';
import type { Actor, Answer } from './actor';
import type { TestApp } from './app';
import { customerInput } from './factories';

export const CUSTOMERS = '/api/customers/miniprogram';

/** A key of the right form that no record has. */
export const NOBODY = 'ffffffffffffffffffffffff';

/** Creates a customer through the API, as `actor`, and gives its detail. */
export async function createCustomer(
  actor: Actor,
  overrides: Record<string, unknown> = {},
): Promise<Answer['body']> {
  const answer = await actor.post(`${CUSTOMERS}/create`, customerInput(overrides));
  if (answer.status !== 200) throw new Error(`the customer was not created: ${answer.text}`);
  return answer.body.data;
}

/** What the database holds of a customer. */
export async function storedCustomer(app: TestApp, id: string): Promise<Customer> {
  const record = await app.connection
    .collection<Customer>('customers')
    .findOne({ _id: new Types.ObjectId(id) });
  if (!record) throw new Error(`no customer ${id} is stored`);
  return record;
}

/** Sets what only time or other routes would set. */
export async function setStored(app: TestApp, id: string, fields: Partial<Customer>): Promise<void> {
  await app.connection
    .collection<Customer>('customers')
    .updateOne({ _id: new Types.ObjectId(id) }, { $set: fields });
}
