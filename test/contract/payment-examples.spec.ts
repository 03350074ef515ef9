import type { Actor } from '../support/actor';
import { differencesFrom, parseDocumented } from '../support/documented';
import { post } from '../support/jobs';
import { Market, ONE } from '../support/payments';
import { PAYMENT_EXAMPLES } from './payment-examples';

describe("the paid examples of the mini-program's interface document", () => {
  let market: Market;
  let member: Actor;
  beforeAll(async () => {
    market = await Market.start();
    member = await market.app.asMember();
    await numberedJob(1234, member);
    await numberedJob(2, await market.app.asMember());
    await market.bought(member, ONE);
  });
  afterAll(() => market.stop());

  /** A job of the number that an example uses. */
  async function numberedJob(id: number, owner: Actor): Promise<void> {
    await market.app.connection
      .collection<{ _id: string; last: number }>('sequences')
      .updateOne({ _id: 'marketplace-job' }, { $set: { last: id - 1 } }, { upsert: true });
    expect(await post(owner)).toBe(id);
  }

  it.each(PAYMENT_EXAMPLES.map((example) => [example.title, example] as const))(
    '%s',
    async (_title, { method, path, request = '', answer: documented, orderNo, amount }) => {
      const answer = await member.send(method, path, parseDocumented(request), {});
      expect(answer.status).toBe(200);
      expect(differencesFrom(parseDocumented(documented), answer.body)).toEqual([]);
      if (!orderNo) return;
      expect(answer.body.data).toMatchObject({ order_no: expect.stringMatching(orderNo), amount });
    },
  );
});
